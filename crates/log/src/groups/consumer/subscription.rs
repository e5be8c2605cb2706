//! What members are subscribed to, by names and by regular expressions (in RE2's syntax, which is nearly that of the regex
//! crate), and which topics that are there this is.

use std::collections::{BTreeMap, BTreeSet};

use regex::{Regex, RegexBuilder};
use uuid::Uuid;
use watershed_protocol::ErrorCode;

use super::assignor::Subscriber;
use super::{Assignment, ConsumerGroup, Profile, Refusal};
use crate::groups::effects::{Effects, Now};
use crate::groups::records;
use crate::groups::topics::Topics;

/// Most memory that a compiled expression may take.
const REGEX_BYTES_MAX: usize = 1 << 20;

/// What each expression matches.
pub(super) type Matches = BTreeMap<String, BTreeSet<String>>;

impl ConsumerGroup {
    /// Whether a member with this profile consumes the topic.
    pub(super) fn subscribes(&self, profile: &Profile, topic: &str) -> bool {
        let matched = profile.regex.as_ref().and_then(|regex| self.matches.get(regex));
        profile.topics.contains(topic) || matched.is_some_and(|topics| topics.contains(topic))
    }

    /// What the expressions of the group, and a new one, match now; what has changed is written down.
    pub(super) fn look_again(
        &self,
        new: Option<&str>,
        topics: &Topics,
        now: Now,
        effects: &mut Effects,
    ) -> Result<Matches, Refusal> {
        let has_changed = self.topics_seen != topics.version;
        let mut matches = self.matches.clone();
        let known = self.matches.keys().filter(|_| has_changed).map(String::as_str);
        let unknown = new.filter(|regex| !self.matches.contains_key(*regex));
        for regex in known.chain(unknown) {
            let matched = topics.matched_by(&compile(regex)?);
            if self.matches.get(regex) != Some(&matched) {
                let kept = Some((&matched, topics.version, now.wall_ms));
                effects.apply(records::regex(&self.id, regex, kept));
                matches.insert(regex.to_owned(), matched);
            }
        }
        Ok(matches)
    }

    /// Forgets the expressions that none of these has.
    pub(super) fn forget_regexes<'p>(
        &self,
        profiles: impl Iterator<Item = &'p Profile>,
        effects: &mut Effects,
    ) {
        let in_use: BTreeSet<&str> = profiles.filter_map(|profile| profile.regex.as_deref()).collect();
        for regex in self.matches.keys().filter(|regex| !in_use.contains(regex.as_str())) {
            effects.apply(records::regex(&self.id, regex, None));
        }
    }
}

/// A compiled expression, which matches whole names.
pub(super) fn compile(regex: &str) -> Result<Regex, Refusal> {
    let whole = format!("^(?:{regex})$");
    // The expression itself must be one: the brackets around it are not to close its own.
    let checked = RegexBuilder::new(regex).size_limit(REGEX_BYTES_MAX).build();
    let compiled = checked.and_then(|_| RegexBuilder::new(&whole).size_limit(REGEX_BYTES_MAX).build());
    compiled.map_err(|error| Refusal {
        code: ErrorCode::InvalidRegularExpression,
        message: format!("SubscribedTopicRegex `{regex}` is not a valid regular expression: {error}."),
    })
}

/// The members as an assignor is told of them, and the topics that at least one is subscribed to, with their partitions.
pub(super) fn subscribers(
    members: &BTreeMap<&str, &Profile>,
    had: &dyn Fn(&str) -> Assignment,
    matches: &Matches,
    topics: &Topics,
) -> (Vec<Subscriber>, BTreeMap<Uuid, i32>) {
    let mut counts = BTreeMap::new();
    let mut subscribers = Vec::with_capacity(members.len());
    for (&id, profile) in members {
        let found = names(profile, matches).filter_map(|name| topics.get(name));
        let found: BTreeMap<Uuid, i32> = found.collect();
        subscribers.push(Subscriber {
            member: id.to_owned(),
            instance_id: profile.instance_id.clone(),
            topics: found.keys().copied().collect(),
            had: had(id),
        });
        counts.extend(found);
    }
    (subscribers, counts)
}

/// The names that this profile is subscribed to, whether there are such topics or not.
fn names<'m>(profile: &'m Profile, matches: &'m Matches) -> impl Iterator<Item = &'m String> {
    let matched = profile.regex.as_ref().and_then(|regex| matches.get(regex)).into_iter().flatten();
    profile.topics.iter().chain(matched)
}

/// A number that is another one when a subscribed topic comes, goes, is made anew or grows. Never 0 by a topic's being
/// there, which is "nothing".
pub(super) fn metadata_hash<'m>(
    profiles: impl Iterator<Item = &'m Profile>,
    matches: &Matches,
    topics: &Topics,
) -> i64 {
    let all: BTreeSet<&String> = profiles.flat_map(|profile| names(profile, matches)).collect();
    let found = all.into_iter().filter_map(|name| Some((name, topics.get(name)?)));
    // FNV-1a: the number is written down, so it must be the same in every version of this program.
    let mut hash: u64 = 0xcbf2_9ce4_8422_2325;
    let mut is_any = false;
    for (name, (id, partitions)) in found {
        is_any = true;
        let bytes = name.as_bytes().iter().chain(id.as_bytes()).copied().chain(partitions.to_be_bytes());
        for byte in bytes {
            hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }
    if is_any { hash.cast_signed() } else { 0 }
}
