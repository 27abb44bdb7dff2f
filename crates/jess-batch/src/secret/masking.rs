//! The service's words without the secrets that they repeat.

use std::ops::Range;

use base64::Engine;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use ensims_client::{ExposeSecret, SecretString};
use icu_normalizer::DecomposingNormalizerBorrowed;

/// An account's own secret is masked from this length on, in characters. A shorter one would break up ordinary words.
const SHORTEST_OWN: usize = 4;

/// The secret of another account is masked from this length on. Of many short ones, some are ordinary words.
const SHORTEST_OTHER: usize = 8;

/// The passwords of all accounts of a run, by how they begin.
pub struct Masking<'a> {
    /// A hash of the first folded characters, and the password; sorted.
    passwords: Vec<(u64, &'a str)>,
}

/// A character as it is compared, and its place in the text.
type Folded = (char, Range<usize>);

impl<'a> Masking<'a> {
    /// Takes the passwords of all accounts of a run.
    pub fn new(all: impl IntoIterator<Item = &'a SecretString>) -> Self {
        let mut passwords = Vec::new();
        for password in all {
            let password = password.expose_secret();
            if password.chars().count() >= SHORTEST_OTHER {
                passwords.push((hash_start(&fold_secret(password)), password));
            }
        }
        passwords.sort_unstable();
        passwords.dedup();
        Self { passwords }
    }

    /// The text with `[password]` or `[token]` in place of each secret: the account's own passwords and token, and the
    /// passwords of other accounts. They are found in upper and lower case, with composed and decomposed characters, with
    /// percent signs, HTML entities or backslashes, and within base64, of which the whole word is masked.
    pub fn mask(&self, text: &str, own: &[&SecretString], token: Option<&SecretString>) -> String {
        let mut own_secrets = Vec::new();
        let passwords = own.iter().map(|password| (*password, "[password]"));
        for (secret, label) in passwords.chain(token.map(|token| (token, "[token]"))) {
            let secret = secret.expose_secret();
            if secret.chars().count() >= SHORTEST_OWN {
                own_secrets.push((fold_secret(secret), label));
            }
        }
        let mut found = Vec::new();
        self.find(&fold(plain(text)), &own_secrets, &mut found);
        if text.contains(['%', '&', '\\']) {
            self.find(&fold(decoded(text)), &own_secrets, &mut found);
        }
        for word in base64_words(text) {
            let mut within = Vec::new();
            for bytes in decode_base64(&text[word.clone()]) {
                self.find(&fold(plain(&String::from_utf8_lossy(&bytes))), &own_secrets, &mut within);
            }
            found.extend(within.into_iter().map(|(_, label)| (word.clone(), label)));
        }
        replace(text, found)
    }

    /// Finds secrets in a text: their places, and what to show instead.
    fn find(
        &self,
        text: &[Folded],
        own: &[(Vec<char>, &'static str)],
        found: &mut Vec<(Range<usize>, &'static str)>,
    ) {
        for start in 0..text.len() {
            for (secret, label) in own {
                if let Some(at) = match_at(&text[start..], secret) {
                    found.push((at, label));
                }
            }
            let Some(first) = text[start..].first_chunk::<SHORTEST_OTHER>() else { continue };
            let hash = hash_start(&first.each_ref().map(|(c, _)| *c));
            let from = self.passwords.partition_point(|(other, _)| *other < hash);
            for (_, password) in self.passwords[from..].iter().take_while(|(other, _)| *other == hash) {
                if let Some(at) = match_at(&text[start..], &fold_secret(password)) {
                    found.push((at, "[password]"));
                }
            }
        }
    }
}

/// The place of a secret, if the text begins with it.
fn match_at(text: &[Folded], secret: &[char]) -> Option<Range<usize>> {
    let there = text.get(..secret.len())?;
    let is_equal = there.iter().map(|(c, _)| c).eq(secret);
    is_equal.then(|| Some(there.first()?.1.start..there.last()?.1.end))?
}

/// FNV-1a of the first characters.
fn hash_start(folded: &[char]) -> u64 {
    let start = folded.iter().take(SHORTEST_OTHER);
    start.fold(0xcbf2_9ce4_8422_2325, |hash, c| (hash ^ u64::from(*c)).wrapping_mul(0x0100_0000_01b3))
}

fn replace(text: &str, mut found: Vec<(Range<usize>, &'static str)>) -> String {
    // Of those that begin at the same place, the longest one first.
    found.sort_by_key(|(at, _)| (at.start, std::cmp::Reverse(at.end)));
    let (mut masked, mut end) = (String::with_capacity(text.len()), 0);
    for (at, label) in found {
        if at.start >= end {
            masked.push_str(&text[end..at.start]);
            masked.push_str(label);
        }
        end = end.max(at.end);
    }
    masked.push_str(&text[end..]);
    masked
}

fn fold_secret(secret: &str) -> Vec<char> {
    fold(plain(secret)).into_iter().map(|(c, _)| c).collect()
}

/// Characters in lower case, with accents taken off into characters of their own.
fn fold(text: impl Iterator<Item = Folded>) -> Vec<Folded> {
    let mut folded = Vec::new();
    for (c, at) in text {
        if c.is_ascii() {
            folded.push((c.to_ascii_lowercase(), at));
        } else {
            let lower = DecomposingNormalizerBorrowed::new_nfd().normalize_iter(c.to_lowercase());
            folded.extend(lower.map(|c| (c, at.clone())));
        }
    }
    folded
}

fn plain(text: &str) -> impl Iterator<Item = Folded> {
    text.char_indices().map(|(start, c)| (c, start..start + c.len_utf8()))
}

/// The text with what stands for a character replaced by it.
fn decoded(text: &str) -> impl Iterator<Item = Folded> {
    let mut start = 0;
    std::iter::from_fn(move || {
        let rest = &text[start..];
        let first = rest.chars().next()?;
        let (c, length) = match first {
            '%' => percent(rest.as_bytes()),
            '&' => entity(rest),
            '\\' => backslash(rest),
            _ => None,
        }
        .unwrap_or((first, first.len_utf8()));
        let at = start..start + length;
        start = at.end;
        Some((c, at))
    })
}

/// `%C3%BC`: a character of UTF-8, or one byte that is a character of Latin-1.
fn percent(text: &[u8]) -> Option<(char, usize)> {
    let mut bytes = Vec::new();
    for triplet in text.chunks_exact(3).take(4).take_while(|triplet| triplet[0] == b'%') {
        let digits = str::from_utf8(&triplet[1..]).ok()?;
        let Ok(byte) = u8::from_str_radix(digits, 16) else { break };
        bytes.push(byte);
    }
    let first = *bytes.first()?;
    let valid = bytes.utf8_chunks().next()?.valid().chars().next();
    let c = valid.unwrap_or(char::from(first));
    Some((c, if valid.is_some() { 3 * c.len_utf8() } else { 3 }))
}

/// `&amp;`, `&#39;` or `&#x27;`.
fn entity(text: &str) -> Option<(char, usize)> {
    let end = text.bytes().take(12).position(|byte| byte == b';')?;
    let name = &text[1..end];
    let c = match name {
        "amp" => '&',
        "lt" => '<',
        "gt" => '>',
        "quot" => '"',
        "apos" => '\'',
        _ => {
            let number = name.strip_prefix('#')?;
            let code = match number.strip_prefix(['x', 'X']) {
                Some(digits) => u32::from_str_radix(digits, 16),
                None => number.parse(),
            };
            char::from_u32(code.ok()?)?
        }
    };
    Some((c, end + 1))
}

/// `\"` or `\u00fc`, as in JSON.
fn backslash(text: &str) -> Option<(char, usize)> {
    let escaped = text[1..].chars().next()?;
    if escaped == 'u' {
        let code = u32::from_str_radix(text.get(2..6)?, 16).ok()?;
        return Some((char::from_u32(code)?, 6));
    }
    escaped.is_ascii_punctuation().then_some((escaped, 2))
}

/// The places of words that may be base64, of both alphabets.
fn base64_words(text: &str) -> impl Iterator<Item = Range<usize>> {
    let is_base64 = |byte: u8| byte.is_ascii_alphanumeric() || b"+/-_=".contains(&byte);
    let mut start = 0;
    let words = text.as_bytes().split(move |byte| !is_base64(*byte)).map(move |word| {
        let at = start..start + word.len();
        start = at.end + 1;
        at
    });
    words.filter(|at| at.len() >= SHORTEST_OWN)
}

/// What a word means in base64. Its first characters may belong to something else.
fn decode_base64(word: &str) -> impl Iterator<Item = Vec<u8>> {
    let lenient = GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true);
    let engine = GeneralPurpose::new(&STANDARD, lenient);
    let word = word.trim_end_matches('=').replace('-', "+").replace('_', "/");
    (0..4).filter_map(move |skipped| {
        let rest = word.get(skipped..)?;
        // One character more than a multiple of four holds no byte.
        let end = if rest.len() % 4 == 1 { rest.len() - 1 } else { rest.len() };
        engine.decode(&rest[..end]).ok()
    })
}

#[cfg(test)]
mod tests {
    use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD};
    use proptest::prelude::proptest;

    use super::*;

    fn mask(text: &str, own: &str) -> String {
        Masking::new([]).mask(text, &[&SecretString::from(own)], None)
    }

    #[test]
    fn mask_finds_a_secret_in_the_forms_that_services_repeat() {
        let secret = "Grün&\"süß'7";
        for form in [
            "Grün&\"süß'7",
            "GRÜN&\"SÜß'7",
            "gru\u{308}n&\"su\u{308}ß'7",
            "Gr%C3%BCn%26%22s%c3%bc%C3%9F'7",
            "Gr%FCn%26%22s%fc%DF%277",
            "Grün&amp;&quot;süß&#39;7",
            "Gr&#252;n&amp;&#34;s&#xFC;ß&apos;7",
            "Gr\\u00fcn&\\\"süß\\'7",
        ] {
            assert_eq!(mask(&format!("no: {form}!"), secret), "no: [password]!", "{form}");
        }
        for encoded in [secret.to_owned(), format!("u1:{secret}"), format!("me@uni.example:{secret}")] {
            for form in [BASE64_STANDARD.encode(&encoded), BASE64_URL_SAFE_NO_PAD.encode(&encoded)] {
                assert_eq!(mask(&format!("Basic {form}, no"), secret), "Basic [password], no", "{encoded}");
            }
        }
    }

    #[test]
    fn mask_finds_secrets_of_other_accounts_from_8_characters_on() {
        let [own, short, long, token] = ["four", "seven77", "eight888", "tok_1"].map(SecretString::from);
        let masking = Masking::new([&own, &short, &long, &long]);
        let masked = masking.mask("FOUR, seven77, EIGHT888, tok_1", &[&own], Some(&token));
        assert_eq!(masked, "[password], seven77, [password], [token]");
        let three = SecretString::from("the");
        assert_eq!(masking.mask("the end", &[&three], None), "the end");
    }

    #[test]
    fn mask_hides_a_secret_within_another_one() {
        let [long, part] = ["secret-of-lab1", "lab1"].map(SecretString::from);
        let masked = Masking::new([]).mask("secret-of-lab1 lab1", &[&part, &long], None);
        assert_eq!(masked, "[password] [password]");
    }

    proptest! {
        #[test]
        fn mask_leaves_no_secret_and_no_other_text_changed(secret in "\\PC{4,20}", text in "[ .,]{0,5}") {
            let percent = secret.bytes().map(|byte| format!("%{byte:02x}")).collect::<Vec<_>>().concat();
            let entities = secret.chars().map(|c| format!("&#{};", u32::from(c))).collect::<Vec<_>>().concat();
            for form in [&secret, &percent, &entities] {
                let masked = mask(&format!("{text}{form}{text}"), &secret);
                proptest::prop_assert!(!masked.contains(form.as_str()) || "[password]".contains(form.as_str()));
            }
            proptest::prop_assert_eq!(mask(&text, &secret), text);
        }
    }
}
