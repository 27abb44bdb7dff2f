//! Who needs help: what to do, and for whom, cause by cause.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use super::text::shown;
use crate::job::ListedIn;
use crate::outcome::AccountResult;
use crate::remedies::{Message, Messages, Part, Person, Remedy};
use crate::report::causes::Cause;

/// Causes with the same remedy.
pub(super) struct Group<'a> {
    pub(super) remedy: Remedy,
    pub(super) entries: Vec<Entry<'a>>,
    message: &'a Message,
}

/// Accounts with the same cause.
pub(super) struct Entry<'a> {
    pub(super) cause: &'a Cause<'a>,
    /// Those of its accounts for which the page has room, at least one.
    pub(super) people: &'a [&'a AccountResult],
}

/// A message, filled in.
#[derive(PartialEq)]
pub(super) struct Letter {
    pub(super) subject: String,
    pub(super) body: Vec<Part>,
    /// To whom; nobody if it is for several.
    address: String,
}

/// The causes grouped by remedy, with at most `most` accounts, in the order of the remedies, except that an outage comes first.
pub(super) fn groups<'a>(causes: &'a [Cause<'a>], messages: &'a Messages, most: usize) -> Vec<Group<'a>> {
    let mut groups: Vec<Group<'_>> = Vec::new();
    let mut room = most;
    for cause in causes {
        if room == 0 {
            break;
        }
        let people = &cause.accounts[..cause.accounts.len().min(room)];
        room -= people.len();
        let (remedy, entry) = (cause.remedy, Entry { cause, people });
        match groups.iter_mut().find(|group| group.remedy == remedy) {
            Some(group) => group.entries.push(entry),
            None => groups.push(Group { remedy, entries: vec![entry], message: messages.get(remedy) }),
        }
    }
    groups
}

impl<'a> Group<'a> {
    fn people(&self) -> impl Iterator<Item = &'a AccountResult> {
        self.entries.iter().flat_map(|entry| entry.people).copied()
    }

    /// What to do.
    pub(super) fn heading(&self) -> String {
        let is_listed_in = |place| self.people().any(|person| person.listed_in == place);
        let list = match (is_listed_in(ListedIn::Roster), is_listed_in(ListedIn::JobFile)) {
            (true, true) => "the list or the job file",
            (false, true) => "the job file",
            _ => "the list",
        };
        self.remedy.texts().heading.replace("{list}", list)
    }

    /// The e-mail addresses of all of them. Outlook takes no comma between addresses.
    pub(super) fn addresses(&self) -> String {
        self.people().map(|person| shown(&person.email)).collect::<Vec<_>>().join("; ")
    }

    /// A message for all of them, if it differs in the greeting only.
    pub(super) fn message_to_all(&self) -> Option<Letter> {
        let mut accounts = self.entries.iter().flat_map(|entry| &entry.cause.accounts);
        let first = Letter::to_nobody(self.message, accounts.next()?);
        let mut others = accounts.peekable();
        let is_for_several = others.peek().is_some();
        let fits_all = others.all(|other| Letter::to_nobody(self.message, other) == first);
        (is_for_several && fits_all).then_some(first)
    }

    /// What to write to one of them.
    pub(super) fn message_to(&self, account: &AccountResult) -> Letter {
        Letter::new(self.message, name_of(account), account, account.email.clone())
    }
}

impl Entry<'_> {
    /// Whether what happened is shown once for several accounts.
    pub(super) fn has_title(&self) -> bool {
        self.cause.accounts.len() > 1
    }
}

impl Letter {
    fn new(message: &Message, name: Option<String>, account: &AccountResult, address: String) -> Self {
        let (email, jess_username) = (shown(&account.email), shown(&account.jess_username));
        let person = Person { name, email, jess_username };
        Self { subject: message.subject_to(&person), body: message.body_to(&person), address }
    }

    /// Without the name and the address.
    fn to_nobody(message: &Message, account: &AccountResult) -> Self {
        Self::new(message, None, account, String::new())
    }

    /// The link that opens the message in a mail program.
    pub(super) fn mailto(&self) -> String {
        let body: String = self.body.iter().map(|part| &*part.text).collect();
        let body = body.replace('\n', "\r\n");
        let [address, subject, body] =
            [&self.address, &self.subject, &body].map(|text| utf8_percent_encode(text, RESERVED));
        format!("mailto:{address}?subject={subject}&body={body}")
    }
}

/// What is percent-encoded in a `mailto:` link: all but what every part of it can contain as it is.
const RESERVED: &AsciiSet =
    &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~').remove(b'@');

/// The name of the person. Names in job files are often short and in lower case ("ben"). Labels and e-mail addresses are
/// not names, and nobody is called "Moen, Sven".
fn name_of(account: &AccountResult) -> Option<String> {
    let name = &account.name;
    if !name.chars().all(|c| c.is_alphabetic() || matches!(c, ' ' | '-' | '.' | '\'' | '’')) {
        return None;
    }
    let mut letters = name.chars();
    let first = letters.next().filter(|_| name.chars().all(char::is_alphabetic));
    let name = first.map_or_else(|| name.clone(), |first| first.to_uppercase().chain(letters).collect());
    Some(shown(&name))
}

#[cfg(test)]
mod tests {
    use ensims_client::Api;

    use super::*;
    use crate::outcome::{NotReady, Outcome, Readiness};
    use crate::report::causes::causes;
    use crate::report::testing::{account, report};

    #[test]
    fn name_is_only_what_is_a_name() {
        for (label, expected) in [
            ("ben", Some("Ben")),
            ("Zoë O'Hara-Löw Jr.", Some("Zoë O'Hara-Löw Jr.")),
            ("Moen, Sven", None),
            ("ben@uni.example", None),
            ("lab07", None),
        ] {
            let account = AccountResult { name: label.to_owned(), ..account(0, Outcome::Updated) };
            assert_eq!(name_of(&account).as_deref(), expected);
        }
    }

    #[test]
    fn mailto_encodes_blanks_line_ends_and_umlauts() {
        let message =
            Message { subject: "Jörg & {name}?".to_owned(), body: "Hi {name},\n\n1+1 = 100 %\n".to_owned() };
        let ada = AccountResult { name: "Ada".to_owned(), ..account(0, Outcome::Updated) };
        let letter = Letter::new(&message, name_of(&ada), &ada, "a+b@uni.example".to_owned());
        assert_eq!(
            letter.mailto(),
            "mailto:a%2Bb@uni.example?subject=J%C3%B6rg%20%26%20Ada%3F&body=Hi%20Ada%2C%0D%0A%0D%0A1%2B1%20%3D%20100%20%25"
        );
    }

    #[test]
    fn heading_names_where_the_accounts_are_listed() {
        let refused = Outcome::Refused { refused_by: Api::Ensims };
        for (places, end) in [
            ([ListedIn::Roster, ListedIn::Roster], "correct the list"),
            ([ListedIn::JobFile, ListedIn::JobFile], "correct the job file"),
            ([ListedIn::JobFile, ListedIn::Roster], "correct the list or the job file"),
        ] {
            let accounts = places.map(|listed_in| AccountResult { listed_in, ..account(0, refused.clone()) });
            let report = report(accounts.to_vec());
            let (causes, messages) = (causes(&report), Messages::default());
            let groups = groups(&causes, &messages, 9);
            assert!(groups[0].heading().ends_with(end), "{}", groups[0].heading());
        }
    }

    #[test]
    fn groups_list_only_as_many_as_there_is_room_for() {
        let mut accounts: Vec<_> = (0..5).map(|index| account(index, Outcome::Updated)).collect();
        for (index, account) in accounts.iter_mut().enumerate() {
            let reason = if index < 3 { NotReady::OtherJessUser } else { NotReady::Suspended };
            account.readiness = Readiness::NotReady(vec![reason]);
        }
        let report = report(accounts);
        let (causes, messages) = (causes(&report), Messages::default());
        let listed = |most| {
            groups(&causes, &messages, most)
                .iter()
                .map(|group| group.entries[0].people.len())
                .collect::<Vec<_>>()
        };
        assert_eq!([listed(9), listed(4), listed(3)], [vec![3, 2], vec![3, 1], vec![3]]);
    }
}
