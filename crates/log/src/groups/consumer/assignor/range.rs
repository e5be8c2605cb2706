//! The range assignor: each topic is cut into as many consecutive ranges as it has subscribers, the first ones a partition
//! longer where it does not come out even.

use std::collections::BTreeMap;

use uuid::Uuid;

use super::{Assignment, Subscriber};

pub(super) fn assign(members: &[Subscriber], topics: &BTreeMap<Uuid, i32>) -> BTreeMap<String, Assignment> {
    let mut assigned: BTreeMap<String, Assignment> =
        members.iter().map(|member| (member.member.clone(), Assignment::new())).collect();
    let mut in_order: Vec<&Subscriber> = members.iter().collect();
    // Static members first, by their instance id: they find their ranges again when they come back.
    in_order.sort_by_key(|member| {
        let instance = member.instance_id.as_deref();
        (instance.is_none(), instance.unwrap_or(&member.member), member.member.as_str())
    });
    for (&topic, &partitions) in topics {
        let subscribers: Vec<&&Subscriber> =
            in_order.iter().filter(|member| member.topics.contains(&topic)).collect();
        let Ok(count) = i32::try_from(subscribers.len()) else { continue };
        if count == 0 {
            continue;
        }
        let (each, longer) = (partitions / count, partitions % count);
        let mut next = 0;
        for (place, member) in (0..).zip(subscribers) {
            let end = next + each + i32::from(place < longer);
            if let Some(assignment) = assigned.get_mut(&member.member).filter(|_| next < end) {
                assignment.insert(topic, (next..end).collect());
            }
            next = end;
        }
    }
    assigned
}
