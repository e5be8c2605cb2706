//! What the assignors promise.

use proptest::prelude::*;

use super::*;

fn topic(number: u128) -> Uuid {
    Uuid::from_u128(number)
}

fn member(name: &str, topics: &[u128], had: &[(u128, &[i32])]) -> Subscriber {
    Subscriber {
        member: name.to_owned(),
        instance_id: None,
        topics: topics.iter().map(|&number| topic(number)).collect(),
        had: had
            .iter()
            .map(|(number, partitions)| (topic(*number), partitions.iter().copied().collect()))
            .collect(),
    }
}

/// A member, and its partitions by topic.
type Expected<'a> = (&'a str, &'a [(u128, &'a [i32])]);

fn check(assignor: Assignor, topics: &[(u128, i32)], members: &[Subscriber], expect: &[Expected<'_>]) {
    let topics = topics.iter().map(|&(number, partitions)| (topic(number), partitions)).collect();
    let expect: BTreeMap<String, Assignment> = expect
        .iter()
        .map(|(name, assignment)| ((*name).to_owned(), member(name, &[], assignment).had))
        .collect();
    assert_eq!(assignor.assign(members, &topics), expect);
}

#[test]
fn range_gives_consecutive_partitions_and_the_first_ones_more() {
    let members = [member("a", &[1, 2], &[]), member("b", &[1, 2], &[]), member("c", &[1], &[])];
    check(
        Assignor::Range,
        &[(1, 4), (2, 3)],
        &members,
        &[("a", &[(1, &[0, 1]), (2, &[0, 1])]), ("b", &[(1, &[2]), (2, &[2])]), ("c", &[(1, &[3])])],
    );
}

#[test]
fn range_leaves_members_without_anything_if_there_are_too_many() {
    let members = [member("a", &[1], &[]), member("b", &[1], &[])];
    check(Assignor::Range, &[(1, 1)], &members, &[("a", &[(1, &[0])]), ("b", &[])]);
}

#[test]
fn range_serves_static_members_first_in_the_order_of_their_instances() {
    let with_instance = |name: &str, instance: &str| Subscriber {
        instance_id: Some(instance.to_owned()),
        ..member(name, &[1], &[])
    };
    let members = [member("a", &[1], &[]), with_instance("z", "1"), with_instance("y", "2")];
    check(
        Assignor::Range,
        &[(1, 3)],
        &members,
        &[("a", &[(1, &[2])]), ("y", &[(1, &[1])]), ("z", &[(1, &[0])])],
    );
}

#[test]
fn uniform_takes_no_more_than_it_must_when_a_member_comes() {
    let members = [
        member("a", &[1, 2], &[(1, &[0, 1, 2])]),
        member("b", &[1, 2], &[(2, &[0, 1, 2])]),
        member("c", &[1, 2], &[]),
    ];
    check(
        Assignor::Uniform,
        &[(1, 3), (2, 3)],
        &members,
        &[("a", &[(1, &[0, 1])]), ("b", &[(2, &[0, 1])]), ("c", &[(1, &[2]), (2, &[2])])],
    );
}

#[test]
fn uniform_leaves_the_odd_partition_where_it_is() {
    let members = [member("a", &[1], &[(1, &[0])]), member("b", &[1], &[(1, &[1, 2])])];
    check(Assignor::Uniform, &[(1, 3)], &members, &[("a", &[(1, &[0])]), ("b", &[(1, &[1, 2])])]);
}

#[test]
fn uniform_forgets_what_is_not_there_or_not_subscribed_to_any_more() {
    let members = [member("a", &[1], &[(1, &[0, 7]), (2, &[0])])];
    check(Assignor::Uniform, &[(1, 2), (2, 1)], &members, &[("a", &[(1, &[0, 1])])]);
}

#[test]
fn uniform_evens_out_what_only_some_may_have() {
    let members = [member("a", &[1, 2], &[(1, &[0, 1, 2, 3])]), member("b", &[1], &[])];
    let topics = [(topic(1), 4), (topic(2), 2)].into();
    let assigned = Assignor::Uniform.assign(&members, &topics);
    let sizes: Vec<usize> = assigned.values().map(|has| has.values().map(BTreeSet::len).sum()).collect();
    assert_eq!(sizes, [3, 3]);
    assert_eq!(assigned["a"][&topic(2)].len(), 2, "only a is subscribed to the second topic");
}

fn subscribers() -> impl Strategy<Value = Vec<Subscriber>> {
    let had = prop::collection::btree_map(0_u128..5, prop::collection::btree_set(0_i32..8, 1..5), 0..4);
    let one = (prop::collection::btree_set(0_u128..5, 0..5), had);
    prop::collection::vec(one, 0..8).prop_map(|members| {
        let members = members.into_iter().enumerate().map(|(index, (topics, had))| Subscriber {
            member: format!("m{index}"),
            instance_id: None,
            topics: topics.into_iter().map(topic).collect(),
            had: had.into_iter().map(|(number, partitions)| (topic(number), partitions)).collect(),
        });
        members.collect()
    })
}

proptest! {
    #[test]
    fn every_partition_goes_to_exactly_one_of_its_subscribers(
        members in subscribers(),
        counts in prop::collection::btree_map(0_u128..5, 0_i32..8, 0..5),
    ) {
        let topics: BTreeMap<Uuid, i32> =
            counts.into_iter().map(|(number, count)| (topic(number), count)).collect();
        for assignor in [Assignor::Uniform, Assignor::Range] {
            let assigned = assignor.assign(&members, &topics);
            for (&topic, &count) in &topics {
                let wanted = members.iter().any(|member| member.topics.contains(&topic));
                for partition in 0..count {
                    let owners: Vec<&Subscriber> = members
                        .iter()
                        .filter(|member| {
                            assigned[&member.member].get(&topic).is_some_and(|has| has.contains(&partition))
                        })
                        .collect();
                    prop_assert_eq!(owners.len(), usize::from(wanted));
                    prop_assert!(owners.iter().all(|owner| owner.topics.contains(&topic)));
                }
            }
            let total: usize = assigned.values().flat_map(|has| has.values()).map(BTreeSet::len).sum();
            let expect = topics
                .iter()
                .filter(|(topic, _)| members.iter().any(|member| member.topics.contains(topic)))
                .map(|(_, &count)| usize::try_from(count).unwrap());
            prop_assert_eq!(total, expect.sum::<usize>(), "nothing that is not there is assigned");
        }
    }

    #[test]
    fn uniform_is_balanced_and_repeats_itself_when_nothing_changes(
        count in 1_usize..7,
        counts in prop::collection::btree_map(0_u128..5, 0_i32..8, 0..5),
    ) {
        let topics: BTreeMap<Uuid, i32> =
            counts.into_iter().map(|(number, count)| (topic(number), count)).collect();
        let mut members: Vec<Subscriber> =
            (0..count).map(|index| member(&format!("m{index}"), &[0, 1, 2, 3, 4], &[])).collect();
        let assigned = Assignor::Uniform.assign(&members, &topics);
        let sizes: Vec<usize> = assigned.values().map(|has| has.values().map(BTreeSet::len).sum()).collect();
        prop_assert!(sizes.iter().max().unwrap() - sizes.iter().min().unwrap() <= 1);
        for member in &mut members {
            member.had = assigned[&member.member].clone();
        }
        prop_assert_eq!(Assignor::Uniform.assign(&members, &topics), assigned);
    }
}
