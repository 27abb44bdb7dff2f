//! What spreadsheets and word processors turn text into, and characters that nobody sees.

use super::column::Column;
use super::table::Unusable;

/// Why the value of a cell is probably not what was once typed. It may still be right. In a spreadsheet, what is text was
/// not converted.
pub(super) fn lints(column: Column, text: &str, is_csv: bool) -> Vec<&'static str> {
    let inner = text.trim();
    let mut lints = Vec::new();
    if column.is_password() && inner.len() < text.len() {
        lints.push("this password has spaces around it; they are used as part of the password");
    }
    // Some scripts need joiners in names.
    if inner.contains(|c| is_hidden(c) && !(column == Column::Name && is_joiner(c))) {
        lints.push(if column.is_password() {
            "this password contains an invisible character or a no-break space; it is used as part of the password"
        } else {
            "this value contains an invisible character or a no-break space; type it again"
        });
    }
    if column.is_password() && inner.contains(TYPOGRAPHIC_QUOTES) {
        lints.push("this password contains typographic quotes; a program may have put them in place of straight quotes, so check the password");
    }
    if column == Column::Email && is_mistyped(inner) {
        lints.push("this e-mail address looks mistyped; check it");
    }
    if let Some(converted) = converted(inner).filter(|_| is_csv) {
        lints.push(converted);
    } else if matches!(column, Column::Name | Column::Email) && inner.starts_with('#') {
        lints.push("a roster has no comments, so this account is included; to leave it out, remove its line or name it with --skip");
    }
    lints
}

/// What a spreadsheet has probably made of a value.
fn converted(text: &str) -> Option<&'static str> {
    let shape = shape(text);
    let number = shape.trim_start_matches('-').replace('9', "0");
    let day = shape.split([' ', 'T']).next().unwrap_or_default();
    Some(if is_error(text) {
        Unusable::Error.message()
    } else if text.len() > 3 && text.bytes().all(|byte| byte == b'#') {
        "the column was too narrow for this value when the spreadsheet was saved; widen it and save again"
    } else if text.len() > 1 && text.starts_with('=') {
        "this is a formula, not its result; if it should be a value, enter it as text"
    } else if ["0E+0", "0E-0", "0.0E+0", "0.0E-0", "0,0E+0", "0,0E-0"].contains(&&*number) {
        "the spreadsheet has probably converted this to a number; format the column as text and enter the value again"
    } else if ["0.0.0", "0-0-0", "0/0/0"].contains(&day) || is_day_of_month(text) {
        "the spreadsheet has probably converted this to a date; format the column as text and enter the value again"
    } else if ["0:0:0", "0:0:0 AM", "0:0:0 PM"].contains(&&*shape) {
        "the spreadsheet has probably converted this to a time; format the column as text and enter the value again"
    } else if LOGICAL_VALUES.contains(&text) {
        "the spreadsheet has probably converted this to a logical value; format the column as text and enter the value again"
    } else {
        return None;
    })
}

/// The text with `0` for each group of one, two or four digits, and `9` for other groups: `3.11.2026` is `0.0.0`.
fn shape(text: &str) -> String {
    let mut shape = String::new();
    let mut digits = 0;
    for c in text.chars().chain(['\0']) {
        if c.is_ascii_digit() {
            digits += 1;
            continue;
        }
        shape.extend((digits > 0).then_some(if matches!(digits, 1 | 2 | 4) { '0' } else { '9' }));
        shape.extend((c != '\0').then_some(c));
        digits = 0;
    }
    shape
}

/// `03. Nov`, `3-Nov`, `Nov 26`.
fn is_day_of_month(text: &str) -> bool {
    let parts: Vec<&str> = text.split(['.', '-', ' ']).filter(|part| !part.is_empty()).collect();
    let is_day = |text: &str| matches!(text.len(), 1 | 2) && shape(text) == "0";
    let is_month = |text: &str| MONTHS.contains(&&*text.to_lowercase());
    matches!(parts[..], [one, other] if (is_month(one) && is_day(other)) || (is_day(one) && is_month(other)))
}

/// As English and German spreadsheets abbreviate months.
const MONTHS: [&str; 17] = [
    "jan", "feb", "mar", "mrz", "mär", "apr", "may", "mai", "jun", "jul", "aug", "sep", "oct", "okt", "nov",
    "dec", "dez",
];

/// Whether it contains what a correct e-mail address hardly ever does.
fn is_mistyped(email: &str) -> bool {
    let host = email.split_once('@').map_or("", |(_, host)| host);
    let is_odd = |c: char| !c.is_alphanumeric() && !matches!(c, '.' | '-');
    host.contains(is_odd) || host.ends_with('.') || email.contains("..") || email.contains([',', ';', '<'])
}

/// True and false, as English, German and French spreadsheets write them.
const LOGICAL_VALUES: [&str; 6] = ["TRUE", "FALSE", "WAHR", "FALSCH", "VRAI", "FAUX"];

/// Quotes that no keyboard types by itself.
const TYPOGRAPHIC_QUOTES: [char; 12] = [
    '\u{2018}', '\u{2019}', '\u{201a}', '\u{201b}', '\u{201c}', '\u{201d}', '\u{201e}', '\u{201f}', '«', '»',
    '‹', '›',
];

/// Whether a reader does not see the character, or takes it for an ordinary space.
pub(super) fn is_hidden(c: char) -> bool {
    is_joiner(c)
        || matches!(
            c,
            '\u{a0}' | '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{180e}' | '\u{200b}' | '\u{200e}' | '\u{200f}'
                | '\u{202a}'..='\u{202f}' | '\u{2060}'..='\u{2064}' | '\u{2066}'..='\u{2069}' | '\u{2007}' | '\u{feff}'
        )
}

fn is_joiner(c: char) -> bool {
    matches!(c, '\u{200c}' | '\u{200d}')
}

/// `#NAME?`, `#REF!`, `#N/A`, in any language.
fn is_error(text: &str) -> bool {
    let Some(rest) = text.strip_prefix('#') else { return false };
    let word = rest.strip_suffix(['!', '?']).unwrap_or(rest);
    let capitals = !word.is_empty() && word.chars().all(|c| c.is_uppercase() || matches!(c, '/' | '0'));
    capitals && (word != rest || matches!(rest, "N/A" | "NV"))
}

#[cfg(test)]
mod tests {
    use super::{converted, is_mistyped};

    #[test]
    fn mistyped_email_is_noticed() {
        for email in ["z@uni,example", "a@@uni.example", "a@uni.example.", "a@uni.example>", "a@uni..example"]
        {
            assert!(is_mistyped(email), "{email}");
        }
        for email in
            ["ada.o'hara+lab_1@uni-a.example", "zoë@uni.example", "root@localhost", "a/b=c@uni.example"]
        {
            assert!(!is_mistyped(email), "{email}");
        }
    }

    #[test]
    fn converted_value_is_noticed_and_no_other() {
        let conversions = "#NAME? | #REF! | #DIV/0! | #N/A | #NV | #BEZUG! | 1E+05 | 1,23E+11 | 1.5E-7 | -1E+05 | \
             03.11.2026 | 3/11/26 | 2026-11-03 | 2026-11-03 00:00:00 | 03. Nov | 3-Nov | Nov 26 | \
             Okt-26 | ######## | =A1 | 12:30:00 | 1:05:00 PM | TRUE | FALSCH | VRAI";
        for text in conversions.split(" | ") {
            assert!(converted(text).is_some(), "{text}");
        }
        let plain = " | # | #hash | #A | #nv! | 1e5 | 1E5 | E+5 | 12345 | 0123 | 1.2 | 1.2.3.4 | 127-000-001 | \
             a-Nov | nov | no-12 | 12-345 | Nov 2026x | a.b.c | 12:30 | ### | = | true | +4912345";
        for text in plain.split(" | ") {
            assert!(converted(text).is_none(), "{text}");
        }
    }
}
