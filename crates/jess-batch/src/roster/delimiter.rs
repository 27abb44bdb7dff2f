//! What separates the cells of a roster.

use strum::VariantArray;

/// What separates the cells of a roster. A job file names it by its word (`comma`) or as it is (`,`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, strum::Display, strum::EnumString, strum::VariantArray)]
pub enum Delimiter {
    /// `,`
    #[strum(to_string = "comma", serialize = ",")]
    Comma,
    /// `;`
    #[strum(to_string = "semicolon", serialize = ";")]
    Semicolon,
    /// A tab character.
    #[strum(to_string = "tab", serialize = "\t")]
    Tab,
}

impl Delimiter {
    /// The character itself.
    pub fn as_char(self) -> char {
        match self {
            Self::Comma => ',',
            Self::Semicolon => ';',
            Self::Tab => '\t',
        }
    }

    /// The delimiter that the first line names for Excel: `sep=;`.
    pub(super) fn declared_in(text: &str) -> Option<Self> {
        let first = text.split(['\r', '\n']).next()?.trim_matches('"');
        let (key, value) = first.split_at_checked("sep=".len())?;
        let declared = Self::VARIANTS.iter().find(|delimiter| value.chars().eq([delimiter.as_char()]));
        declared.copied().filter(|_| key.eq_ignore_ascii_case("sep="))
    }

    /// The delimiter of a text: the declared one, or the most frequent one of its first line.
    pub(super) fn detect(text: &str) -> Self {
        if let Some(declared) = Self::declared_in(text) {
            return declared;
        }
        let first = text.trim_start_matches(['\r', '\n']).split(['\r', '\n']).next().unwrap_or_default();
        let outside_quotes: String = first.split('"').step_by(2).collect();
        let count = |delimiter: Self| outside_quotes.matches(delimiter.as_char()).count();
        let mut best = Self::Comma;
        for other in [Self::Semicolon, Self::Tab] {
            if count(other) > count(best) {
                best = other;
            }
        }
        best
    }
}

#[cfg(test)]
mod tests {
    use super::Delimiter;

    #[test]
    fn detect_prefers_the_declared_delimiter() {
        for (text, delimiter) in [
            ("sep=;\na,b,c", Delimiter::Semicolon),
            ("\"SEP=\t\"\r\na,b", Delimiter::Tab),
            ("sep=comma\na;b", Delimiter::Comma),
            ("\r\na;\"b,c,d\"\n", Delimiter::Semicolon),
            ("a", Delimiter::Comma),
        ] {
            assert_eq!(Delimiter::detect(text), delimiter, "{text}");
        }
    }

    #[test]
    fn delimiter_parses_its_word_and_its_character() {
        for word in ["semicolon", ";"] {
            assert_eq!(word.parse(), Ok(Delimiter::Semicolon));
        }
        assert_eq!(Delimiter::Tab.to_string(), "tab");
        assert!("bar".parse::<Delimiter>().is_err());
    }
}
