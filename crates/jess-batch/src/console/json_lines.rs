//! Log lines for programs: one flat JSON object a line.

use std::fmt;

use jiff::Timestamp;
use serde::Serialize;
use serde_json::{Map, Value};
use tracing::{Event, Subscriber};
use tracing_subscriber::fmt::format::{JsonFields, Writer};
use tracing_subscriber::fmt::{FmtContext, FormatEvent, FormatFields, FormattedFields};
use tracing_subscriber::registry::{LookupSpan, Scope};

use crate::diagnostics::is_invisible;

/// Writes an event with the fields of the spans around it beside its own, so that `account` is in the same place
/// in every line.
pub(super) struct JsonLines;

#[derive(Serialize)]
struct Line {
    timestamp: String,
    level: &'static str,
    target: &'static str,
    #[serde(flatten)]
    fields: Map<String, Value>,
}

impl<S> FormatEvent<S, JsonFields> for JsonLines
where
    S: Subscriber + for<'a> LookupSpan<'a>,
{
    fn format_event(
        &self,
        context: &FmtContext<'_, S, JsonFields>,
        mut writer: Writer<'_>,
        event: &Event<'_>,
    ) -> fmt::Result {
        let mut fields = Map::new();
        for span in context.event_scope().into_iter().flat_map(Scope::from_root) {
            if let Some(in_span) = span.extensions().get::<FormattedFields<JsonFields>>() {
                fields.extend(object(&in_span.fields)?);
            }
        }
        let mut in_event = String::new();
        context.field_format().format_fields(Writer::new(&mut in_event), event)?;
        fields.extend(object(&in_event)?);
        let line = Line {
            timestamp: format!("{:.6}", Timestamp::now()),
            level: event.metadata().level().as_str(),
            target: event.metadata().target(),
            fields,
        };
        let text = serde_json::to_string(&line).map_err(|_| fmt::Error)?;
        writeln!(writer, "{}", escaped(&text))
    }
}

fn object(json: &str) -> Result<Map<String, Value>, fmt::Error> {
    serde_json::from_str(json).map_err(|_| fmt::Error)
}

/// JSON with invisible characters escaped too. They occur in strings only.
fn escaped(json: &str) -> String {
    let mut text = String::with_capacity(json.len());
    for c in json.chars() {
        if is_invisible(c) {
            text.push_str(&format!("\\u{:04x}", u32::from(c)));
        } else {
            text.push(c);
        }
    }
    text
}
