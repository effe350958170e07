use super::*;
use crate::{Counts, FRAME_BYTES_MAX, Framing, LengthPrefix, What};

fn framed(framing: Framing) -> Story {
    let mut story = Story::new(Manner { framing, reply: Reply::Echo, ..Manner::default() });
    story.accept(0, A);
    story
}

/// What comes in every split into three pieces gives the same messages.
fn check(framing: &Framing, bytes: &[u8], messages: &[&[u8]]) {
    for first in 0..=bytes.len() {
        for second in first..=bytes.len() {
            let mut story = framed(framing.clone());
            let pieces = [&bytes[..first], &bytes[first..second], &bytes[second..]];
            for piece in pieces {
                story.tell(1, Input::Received { conn: A, bytes: piece.into() });
            }
            let record = story.peer.record().iter();
            let heard: Vec<_> = record
                .filter_map(|entry| {
                    if let What::Message(bytes) = &entry.what { Some(&bytes[..]) } else { None }
                })
                .collect();
            assert_eq!(heard, messages, "{framing:?} {pieces:?}");
            assert_eq!(story.peer.tally().received.messages, messages.len() as u64);
        }
    }
}

#[test]
fn lines_fixed_lengths_and_told_lengths_are_found_however_they_are_cut() {
    check(&Framing::Line, b"ab\r\n\ncd\nrest", &[b"ab\r\n", b"\n", b"cd\n"]);
    check(&Framing::Fixed(3), b"abcdefgh", &[b"abc", b"def"]);
    check(&Framing::Fixed(0), b"ab", &[b"a", b"b"]);
    let length = |skip, width, is_little_endian, counts| {
        Framing::Length(LengthPrefix { skip, width, is_little_endian, counts })
    };
    let rest = length(1, 2, false, Counts::Rest);
    check(&rest, b"#\x00\x02ab#\x00\x00#\x00", &[b"#\x00\x02ab", b"#\x00\x00"]);
    let from_length = length(1, 2, true, Counts::LengthAndRest);
    check(&from_length, b"#\x04\x00ab#\x03\x00c", &[b"#\x04\x00ab", b"#\x03\x00c"]);
    let whole = length(0, 1, false, Counts::Whole);
    check(&whole, b"\x03ab\x00\x02c", &[b"\x03ab", b"\x00", b"\x02c"]);
}

#[test]
fn rules_look_at_a_line_without_its_end_and_an_echo_has_it() {
    let mut story = Story::new(Manner {
        framing: Framing::Line,
        reply: Reply::Echo,
        ..ruled([Rule::on(Cue::Equals(b"ping".into())).say("pong")])
    });
    story.accept(0, A);

    assert_eq!(story.hear(1, A, "pi"), []);
    assert_eq!(story.hear(2, A, "ng\r\nx\n"), [send(A, "pong"), send(A, "x\n")]);
}

#[test]
fn a_pause_ends_a_message() {
    let mut story = framed(Framing::Idle(at(20)));

    assert_eq!(story.hear(10, A, "ab"), []);
    assert_eq!(story.hear(25, A, "cd"), []);
    assert_eq!(story.deadline, Some(at(45)));
    assert_eq!(story.wait(45), [send(A, "abcd")]);
    assert_eq!(story.deadline, None);
}

#[test]
fn what_has_no_end_is_a_message_at_the_limit() {
    let told = |width| {
        let counts = Counts::Rest;
        Framing::Length(LengthPrefix { skip: 0, width, is_little_endian: false, counts })
    };
    let endless =
        [Framing::Line, Framing::Idle(at(20)), Framing::Fixed(usize::MAX), told(8), told(3)];
    for framing in endless {
        let mut story = framed(framing.clone());
        for _ in 0..40 {
            let bytes = vec![0xFF; FRAME_BYTES_MAX / 16];
            story.tell(1, Input::Received { conn: A, bytes });
        }
        assert!(story.peer.tally().sent.messages >= 2, "{framing:?}");
    }
}

#[test]
fn a_message_that_ends_the_connection_is_the_last() {
    let rule = Rule::on(Cue::Equals(b"bye".into())).close();
    let framing = Framing::Line;
    let mut story = Story::new(Manner { framing, reply: Reply::Echo, ..ruled([rule]) });
    story.accept(0, A);

    assert_eq!(story.hear(1, A, "a\nbye\nb\n"), [send(A, "a\n"), close(A)]);
}

#[test]
fn faults_count_whole_messages() {
    let mut story = framed(Framing::Line);
    story.inject(0, "reset after 2 messages");

    assert_eq!(story.hear(1, A, "a"), []);
    assert_eq!(story.hear(2, A, "b\nc\nd\n"), [send(A, "ab\n"), send(A, "c\n"), reset(A)]);
}
