use super::*;

#[test]
fn planned_acts_reach_every_open_connection_at_their_moment() {
    let mut story = Story::new(Manner::default());
    story.plan(100, Act::SendAll(b"reboot".into()));
    story.plan(200, Act::Send(A, b"you".into()));
    story.plan(200, Act::Send(B, b"not you".into()));
    assert_eq!(story.deadline, Some(at(100)));
    story.accept(0, B);
    story.accept(10, A);

    assert_eq!(story.wait(99), []);
    assert_eq!(story.wait(100), [send(A, "reboot"), send(B, "reboot")]);
    assert_eq!(story.deadline, Some(at(200)));
    story.close(150, B);
    assert_eq!(story.wait(200), [send(A, "you")]);
    assert_eq!(story.deadline, None);
}

#[test]
fn acts_of_one_moment_keep_their_order_and_come_before_the_manner() {
    let mut story = Story::new(ruled([every(10, "tick")]));
    story.accept(0, A);
    story.plan(10, Act::SendAll(b"one".into()));
    story.plan(10, Act::SendAll(b"two".into()));

    assert_eq!(story.wait(10), [send(A, "one"), send(A, "two"), send(A, "tick")]);
}

#[test]
fn late_timeout_serves_deadlines_in_the_order_of_time() {
    let mut story = Story::new(ruled([every(10, "tick")]));
    story.accept(0, A);
    story.accept(5, B);
    story.plan(12, Act::SendAll(b"twelve".into()));

    let twelve = [send(A, "twelve"), send(B, "twelve")];
    assert_eq!(story.wait(18), [&[send(A, "tick")], &twelve[..], &[send(B, "tick")]].concat());
}

#[test]
fn act_planned_for_the_past_happens_at_the_next_timeout() {
    let mut story = Story::new(Manner::default());
    story.accept(50, A);
    story.plan(20, Act::SendAll(b"late".into()));

    assert_eq!(story.deadline, Some(at(20)));
    assert_eq!(story.wait(51), [send(A, "late")]);
}
