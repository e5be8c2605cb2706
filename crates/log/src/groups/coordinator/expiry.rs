//! What happens by itself: sessions that are over, rounds that wait no longer, offsets that nobody needs.

use super::super::classic::State;
use super::super::deadlines::Timer;
use super::super::effects::{Effects, Now, Turn};
use super::super::offsets::Committed;
use super::super::records;
use super::{Coordinator, Group};

impl Coordinator {
    /// Does what is due first, if anything is: one thing in one turn, so that what cannot be written of one holds up no
    /// other.
    pub(in crate::groups) fn expire(&mut self, now: Now, effects: &mut Effects) {
        let Some(timer) = self.deadlines.pop_due(now.elapsed_ms) else { return };
        effects.due = Some(&timer).filter(|timer| timer.is_of_consumers()).cloned();
        let (settings, topics) = (&self.settings, &*self.topics);
        let mut turn = Turn { now, settings, topics, deadlines: &mut self.deadlines, effects };
        match timer {
            Timer::ClassicSession { group, member } => {
                if let Some(Group::Classic(group)) = self.groups.get_mut(&group) {
                    group.session_over(&member, &mut turn);
                }
            }
            Timer::ClassicJoin { group } => {
                if let Some(Group::Classic(group)) = self.groups.get_mut(&group) {
                    group.join_over(&mut turn);
                }
            }
            Timer::ClassicSync { group } => {
                if let Some(Group::Classic(group)) = self.groups.get_mut(&group) {
                    group.sync_over(&mut turn);
                }
            }
            Timer::ConsumerSession { group, member } => {
                if let Some(Group::Consumer(group)) = self.groups.get(&group) {
                    group.session_over(&member, &mut turn);
                }
            }
            Timer::ConsumerRebalance { group, member } => {
                if let Some(Group::Consumer(group)) = self.groups.get(&group) {
                    group.revocation_over(&member, &mut turn);
                }
            }
            Timer::ConsumerClassic { group, member } => {
                if let Some(Group::Consumer(group)) = self.groups.get(&group) {
                    group.classic_over(&member, &mut turn);
                }
            }
            Timer::Expiry => {
                let next_ms = now.elapsed_ms + self.settings.offsets_retention_check_ms.max(1);
                self.deadlines.set(Timer::Expiry, next_ms);
                self.expire_offsets(now, effects);
            }
        }
    }

    /// Forgets offsets that nobody needs (KIP-211), and groups that have neither members nor offsets.
    fn expire_offsets(&self, now: Now, effects: &mut Effects) {
        effects.divisible = true;
        for (id, group) in &self.groups {
            let all = self.offsets.all(id);
            let (mut kept, mut expired) = (0_usize, Vec::new());
            for (topic, partitions) in all.into_iter().flatten() {
                for (&partition, offset) in partitions {
                    if self.is_expired(group, topic, offset, now)
                        && !self.offsets.is_pending(id, topic, partition)
                    {
                        expired.push(records::no_offset(id, topic, partition));
                    } else {
                        kept += 1;
                    }
                }
            }
            expired.into_iter().for_each(|record| effects.apply(record));
            if kept == 0 && group.is_empty() && !group.is_awaited() && !self.offsets.has_pending(id) {
                group.forget(effects);
            }
        }
    }

    fn is_expired(&self, group: &Group, topic: &str, offset: &Committed, now: Now) -> bool {
        if group.is_subscribed_to(topic) {
            return false;
        }
        let since_ms = match group {
            Group::Classic(group) if group.protocol_type.is_none() => offset.committed_ms,
            Group::Classic(group) if group.is_empty() => group.state_since_ms.unwrap_or(offset.committed_ms),
            Group::Classic(group) if group.state == State::Stable && group.knows_subscriptions() => {
                offset.committed_ms
            }
            Group::Classic(_) => return false,
            Group::Consumer(_) => offset.committed_ms,
        };
        match offset.expires_ms {
            Some(at_ms) => now.wall_ms >= at_ms,
            None => now.wall_ms.saturating_sub(since_ms) >= self.settings.offsets_retention_ms,
        }
    }
}
