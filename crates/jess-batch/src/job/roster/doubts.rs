//! What spreadsheets make of text that looks like something else to them.

/// Why a value is probably not what was once typed, if so. It may still be right.
pub(super) fn doubt(text: &str) -> Option<&'static str> {
    if is_error(text) {
        Some("this is an error of the spreadsheet, not a value")
    } else if is_scientific(text) {
        Some(
            "the spreadsheet has probably made a number of this; format the column as text and enter it again",
        )
    } else if is_date(text) {
        Some("the spreadsheet has probably made a date of this; format the column as text and enter it again")
    } else {
        None
    }
}

/// `#NAME?`, `#REF!`, `#N/A`, in any language.
fn is_error(text: &str) -> bool {
    let Some(rest) = text.strip_prefix('#') else { return false };
    let word = rest.strip_suffix(['!', '?']).unwrap_or(rest);
    let capitals = !word.is_empty() && word.chars().all(|c| c.is_uppercase() || matches!(c, '/' | '0'));
    capitals && (word != rest || matches!(rest, "N/A" | "NV"))
}

/// `1E+05`, `1,23E+11`.
fn is_scientific(text: &str) -> bool {
    let Some((number, exponent)) = text.split_once("E+").or_else(|| text.split_once("E-")) else {
        return false;
    };
    let number = number.strip_prefix('-').unwrap_or(number);
    let (whole, fraction) = number.split_once(['.', ',']).unwrap_or((number, "0"));
    [whole, fraction, exponent].into_iter().all(is_digits)
}

/// `03.11.2026`, `2026-11-03 00:00:00`, `3/11/2026`, `03. Nov`, `Nov 26`.
fn is_date(text: &str) -> bool {
    let day = text.split_once([' ', 'T']).filter(|(_, time)| is_time(time)).map_or(text, |(day, _)| day);
    let in_digits = ['.', '-', '/'].into_iter().any(|separator| {
        let parts: Vec<&str> = day.split(separator).collect();
        parts.len() == 3 && parts.iter().all(|part| is_digits(part) && matches!(part.len(), 1 | 2 | 4))
    });
    let parts: Vec<&str> = text.split(['.', '-', ' ']).filter(|part| !part.is_empty()).collect();
    in_digits
        || matches!(parts[..], [one, other] if (is_month(one) && is_short(other)) || (is_short(one) && is_month(other)))
}

fn is_time(text: &str) -> bool {
    let parts: Vec<&str> = text.split(':').collect();
    matches!(parts.len(), 2 | 3) && parts.iter().all(|part| is_short(part))
}

/// As English and German spreadsheets shorten months.
fn is_month(text: &str) -> bool {
    let months = [
        "jan", "feb", "mar", "mrz", "mär", "apr", "may", "mai", "jun", "jul", "aug", "sep", "oct", "okt",
        "nov", "dec", "dez",
    ];
    months.contains(&&*text.to_lowercase())
}

fn is_short(text: &str) -> bool {
    is_digits(text) && text.len() <= 2
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::doubt;

    #[test]
    fn what_a_spreadsheet_has_changed_is_doubted_and_nothing_else() {
        let changed = [
            "#NAME?",
            "#REF!",
            "#DIV/0!",
            "#N/A",
            "#NV",
            "#BEZUG!",
            "1E+05",
            "1,23E+11",
            "1.5E-7",
            "-1E+05",
            "03.11.2026",
            "3/11/26",
            "2026-11-03",
            "2026-11-03 00:00:00",
            "03. Nov",
            "3-Nov",
            "Nov 26",
            "Okt-26",
        ];
        for text in changed {
            assert!(doubt(text).is_some(), "{text}");
        }
        let sound = [
            "",
            "#",
            "#hash",
            "#A",
            "#nv!",
            "1e5",
            "1E5",
            "E+5",
            "12345",
            "0123",
            "1.2",
            "1.2.3.4",
            "127-000-001",
            "a-Nov",
            "nov",
            "no-12",
            "12-345",
            "Nov 2026x",
            "a.b.c",
            "12:30",
        ];
        for text in sound {
            assert!(doubt(text).is_none(), "{text}");
        }
    }
}
