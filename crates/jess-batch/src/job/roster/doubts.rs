//! What spreadsheets and word processors make of text, and what nobody sees in it.

use super::headings::Heading;

/// Why the value of a cell is probably not what was once typed. It may still be right.
pub(super) fn doubts(heading: Heading, text: &str) -> impl Iterator<Item = &'static str> {
    let inner = text.trim();
    let is_secret = heading.is_secret();
    // Some scripts need joiners in names.
    let is_unseen = |c: char| is_invisible(c) && !(heading == Heading::Name && is_joiner(c));
    let unseen = inner.contains(is_unseen).then_some(if is_secret {
        "there is an invisible or no-break character in this password; it counts"
    } else {
        "there is an invisible or no-break character in this value; type it again"
    });
    let blanks = is_secret && inner.len() < text.len();
    let blanks = blanks.then_some("there are blanks around this password; they count");
    let quotes = is_secret && inner.contains(QUOTES);
    let quotes = quotes.then_some("there are typographic quotes in this password; a program has probably made them of plain ones, or they do not belong to it");
    let comment = matches!(heading, Heading::Name | Heading::Email) && inner.starts_with('#');
    let comment = comment.then_some("a list has no comments, so this account is done too; to leave it out, delete its line, or name it with --skip");
    let slip = (heading == Heading::Email && has_slip(inner))
        .then_some("this e-mail address looks mistyped; look at it again");
    [blanks, unseen, quotes, slip, changed(inner).or(comment)].into_iter().flatten()
}

/// What a spreadsheet has probably changed.
fn changed(text: &str) -> Option<&'static str> {
    if is_error(text) {
        Some("this is an error of the spreadsheet, not a value")
    } else if is_too_narrow(text) {
        Some("the column was too narrow for this value when it was saved; widen it and save again")
    } else if text.len() > 1 && text.starts_with('=') {
        Some("this is a formula and not its result; if that is not meant, enter the value as text")
    } else if is_scientific(text) {
        Some(
            "the spreadsheet has probably made a number of this; format the column as text and enter it again",
        )
    } else if is_date(text) {
        Some("the spreadsheet has probably made a date of this; format the column as text and enter it again")
    } else if is_clock(text) {
        Some("the spreadsheet has probably made a time of this; format the column as text and enter it again")
    } else if TRUTH.contains(&text) {
        Some(
            "the spreadsheet has probably made a truth value of this; format the column as text and enter it again",
        )
    } else {
        None
    }
}

/// What is in hardly any e-mail address, and often in one with a slip.
fn has_slip(email: &str) -> bool {
    let host = email.split_once('@').map_or("", |(_, host)| host);
    let is_odd = |c: char| !c.is_alphanumeric() && !matches!(c, '.' | '-');
    host.contains(is_odd) || host.ends_with('.') || email.contains("..") || email.contains([',', ';', '<'])
}

/// True and false, as English, German and French spreadsheets write them.
const TRUTH: [&str; 6] = ["TRUE", "FALSE", "WAHR", "FALSCH", "VRAI", "FAUX"];

/// Quotes that no keyboard types by itself.
const QUOTES: [char; 12] = [
    '\u{2018}', '\u{2019}', '\u{201a}', '\u{201b}', '\u{201c}', '\u{201d}', '\u{201e}', '\u{201f}', '«', '»',
    '‹', '›',
];

/// Whether nobody sees a character, or takes it for a blank that may break.
pub(super) fn is_invisible(c: char) -> bool {
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

/// `########`.
fn is_too_narrow(text: &str) -> bool {
    text.len() > 3 && text.bytes().all(|byte| byte == b'#')
}

/// `12:30:00`, `12:30:00 PM`.
fn is_clock(text: &str) -> bool {
    let time = text.strip_suffix(" AM").or_else(|| text.strip_suffix(" PM")).unwrap_or(text);
    is_time(time) && time.matches(':').count() == 2
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
    use super::{changed, has_slip};

    #[test]
    fn an_e_mail_address_with_a_slip_is_doubted() {
        for email in ["z@uni,example", "a@@uni.example", "a@uni.example.", "a@uni.example>", "a@uni..example"]
        {
            assert!(has_slip(email), "{email}");
        }
        for email in
            ["ada.o'hara+lab_1@uni-a.example", "zoë@uni.example", "root@localhost", "a/b=c@uni.example"]
        {
            assert!(!has_slip(email), "{email}");
        }
    }

    #[test]
    fn what_a_spreadsheet_has_changed_is_doubted_and_nothing_else() {
        let doubtful = [
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
            "########",
            "=A1",
            "12:30:00",
            "1:05:00 PM",
            "TRUE",
            "FALSCH",
            "VRAI",
        ];
        for text in doubtful {
            assert!(changed(text).is_some(), "{text}");
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
            "###",
            "=",
            "true",
            "+4912345",
        ];
        for text in sound {
            assert!(changed(text).is_none(), "{text}");
        }
    }
}
