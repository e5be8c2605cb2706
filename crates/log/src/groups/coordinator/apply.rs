//! How records that are in the log change the state, whether they were just written or are read again at the start.

use std::sync::Arc;

use super::super::classic::ClassicGroup;
use super::super::consumer::ConsumerGroup;
use super::super::deadlines::Timer;
use super::super::effects::{Effects, Now, Turn};
use super::super::records::{ConsumerRecord, Kept};
use super::{Coordinator, Group};

impl Coordinator {
    /// A record is in the log: it is what the state says from now on.
    pub(in crate::groups) fn apply(&mut self, producer_id: Option<i64>, record: Kept<'_>, now: Now) {
        match record {
            Kept::Offset { group, topic, partition, value: Some(value) } => {
                let group = self.group_id(group);
                self.groups
                    .entry(Arc::clone(&group))
                    .or_insert_with(|| Group::Classic(ClassicGroup::new(Arc::clone(&group), now.wall_ms)));
                self.offsets.apply(producer_id, (&group, topic, partition), value);
            }
            Kept::Offset { group, topic, partition, value: None } => {
                self.offsets.forget(group, topic, partition);
            }
            Kept::Group { group, value: Some(value) } => {
                let group = self.group_id(group);
                let restored = ClassicGroup::restored(Arc::clone(&group), value);
                self.groups.insert(group, Group::Classic(restored));
            }
            Kept::Group { group, value: None } => {
                if matches!(self.groups.get(group), Some(Group::Classic(_))) {
                    self.forget_group(group);
                }
            }
            Kept::Consumer { group, record } => self.apply_to_consumer_group(group, record),
            Kept::Other => {}
        }
    }

    /// The first record of a consumer group makes it, in the place of a classic group without members.
    fn apply_to_consumer_group(&mut self, group: &str, record: ConsumerRecord<'_>) {
        let is_there = matches!(self.groups.get(group), Some(Group::Consumer(_)));
        if !is_there {
            if record.is_tombstone() {
                return;
            }
            let id = self.group_id(group);
            self.forget_group(group);
            self.groups.insert(Arc::clone(&id), Group::Consumer(ConsumerGroup::new(id)));
        }
        if let Some(Group::Consumer(of)) = self.groups.get_mut(group) {
            of.end_timers(&record, &mut self.deadlines);
            if !of.apply(record) {
                self.forget_group(group);
            }
        }
    }

    /// All records were read: sessions begin.
    pub(in crate::groups) fn loaded(&mut self, now: Now, effects: &mut Effects) {
        let Self { settings, groups, deadlines, topics, .. } = self;
        let mut turn = Turn { now, settings, topics, deadlines, effects };
        for group in groups.values_mut() {
            match group {
                Group::Classic(group) => group.loaded(&mut turn),
                Group::Consumer(group) => group.loaded(&mut turn),
            }
        }
        self.deadlines.set(Timer::Expiry, now.elapsed_ms + self.settings.offsets_retention_check_ms);
    }

    /// The one copy of a group's id.
    pub(super) fn group_id(&self, id: &str) -> Arc<str> {
        self.groups.get_key_value(id).map_or_else(|| Arc::from(id), |(id, _)| Arc::clone(id))
    }

    /// The group goes, and what waits for it.
    pub(super) fn forget_group(&mut self, group: &str) {
        match self.groups.remove(group) {
            Some(Group::Classic(group)) => group.forget_timers(&mut self.deadlines),
            Some(Group::Consumer(group)) => group.forget_timers(&mut self.deadlines),
            None => {}
        }
    }
}
