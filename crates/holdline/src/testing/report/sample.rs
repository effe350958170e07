//! Stories for the tests of reports.

use crate::testing::story::{
    Actor, Case, Closer, Failure, FileFault, Report, Row, Story, Told, Verdict, What,
};
use holdline_modem::{Attempt, LineId, SocketId};
use holdline_peer::Conn;
use std::time::Duration;

pub(super) fn secs(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

fn row(at: Duration, actor: usize, what: What) -> Row {
    Row { at, actor, what }
}

fn line(attempt: u32) -> LineId {
    LineId { socket: SocketId(0), attempt: Attempt(attempt) }
}

fn beats(rows: &mut Vec<Row>, attempt: u32, from: u64, to: u64) {
    let (line, conn) = (line(attempt), Conn(u64::from(attempt)));
    let ms = |at: u64, ms: u64| Duration::from_millis(at * 1000 + ms);
    rows.push(row(ms(from, 0), 1, What::Dialled { line, to: "192.0.2.1:9999".to_owned() }));
    rows.push(row(ms(from, 30), 2, What::Accepted { conn }));
    rows.push(row(ms(from, 60), 1, What::Connected { line }));
    let bytes = || b"heart data\r\n".to_vec();
    for at in (from + 10..to).step_by(10) {
        rows.push(row(ms(at, 0), 1, What::Log(b"heartrpt\ttrue".to_vec())));
        rows.push(row(ms(at, 0), 1, What::Sent { line, bytes: bytes() }));
        rows.push(row(ms(at, 30), 2, What::ServerReceived { conn, bytes: bytes() }));
    }
}

/// A server that is down for an hour, and a device that gives up and restarts.
pub(super) fn story(days: u64) -> Story {
    let server = Actor::Server { host: None, port: 9999 };
    let mut rows = vec![row(secs(0), 1, What::PoweredOn), row(secs(1), 1, What::Online)];
    let (down, up) = (300, 3900);
    beats(&mut rows, 1, 2, down);
    rows.push(row(secs(down), 0, What::FaultBegan("at 5m server down for 1h".to_owned())));
    rows.push(row(secs(down), 2, What::ServerClosed { conn: Conn(1), by: Closer::Server }));
    rows.push(row(secs(down), 1, What::Ended { line: line(1), how: "closed".to_owned() }));
    for (at, attempt) in (down + 5..up).step_by(300).zip(2..) {
        let line = line(attempt);
        rows.push(row(secs(at), 1, What::Dialled { line, to: "192.0.2.1:9999".to_owned() }));
        rows.push(row(secs(at), 1, What::ConnectFailed { line, why: "refused".to_owned() }));
    }
    rows.push(row(secs(up - 10), 1, What::Restarting(told("sys.restart: connect fail"))));
    rows.push(row(secs(up - 9), 1, What::PoweredOn));
    let ended = "at 5m server down for 1h".to_owned();
    rows.push(row(secs(up), 0, What::FaultEnded(ended)));
    let end = 7500 + days * 86_400;
    beats(&mut rows, 90, up + 20, end);
    if days > 0 {
        rows.push(row(secs(end), 0, What::FaultBegan("reset".to_owned())));
    }
    let words = "expect(server:received()):every(\"10s\"):since(\"1h5m\")".to_owned();
    rows.push(row(secs(end), 0, What::Expected { words, held: days > 0 }));
    Story { actors: vec![Actor::World, Actor::Device(0), server], rows, end: secs(end) }
}

fn told(text: &str) -> Told {
    Told { text: text.to_owned(), other: String::new() }
}

pub(super) fn failure() -> Failure {
    Failure {
        line: 8,
        words: "expect(server:received(\"heart data\\r\\n\")):every(\"10s\"):since(\"1h5m\")"
            .to_owned(),
        expected: "a message every 10s from 01:05:00 on".to_owned(),
        got: "none for 20 s from 01:05:00.000 on".to_owned(),
        at: secs(7500),
        around: Vec::new(),
        hint: Some("the first beat after the fault came at 01:05:30.000".to_owned()),
    }
}

pub(super) fn case(name: &str, verdict: Verdict, story: Story) -> Case {
    Case {
        file: "tests/reconnect.lua".into(),
        line: 3,
        name: name.to_owned(),
        verdict,
        virtual_time: story.end,
        took: Duration::from_millis(31),
        seed: 1,
        hash: 0x9F3C_0000_1234_ABCD,
        story,
    }
}

/// What nobody would write and any device may send: bytes that are no text, and words of HTML.
pub(super) fn hostile() -> Case {
    let mut story = story(0);
    let line = line(90);
    let evil = b"</script><script>document.body.dataset.broken = 'yes'</script><img src=x onerror=alert(1)>";
    story.rows.extend([
        row(story.end, 1, What::Log(evil.to_vec())),
        row(story.end, 1, What::Log((0..=255).collect())),
        row(story.end, 1, What::Notice(told("<b>\u{202e}\u{0}]]></b>"))),
        row(story.end, 1, What::Sent { line, bytes: vec![0xFF, 0x00, b'<', b'!', b'-', b'-'] }),
        row(story.end, 1, What::Log("位置\t上报".as_bytes().to_vec())),
    ]);
    let name = "</script><b>\u{1}\u{fffe}&amp; 名字".to_owned();
    Case { name, verdict: Verdict::Failed(failure()), ..case("", Verdict::Passed, story) }
}

pub(super) fn report() -> Report {
    let error =
        Failure { expected: String::new(), got: "unknown word `servr`".into(), ..failure() };
    Report {
        cases: vec![
            case("beats every 10 s", Verdict::Passed, story(1)),
            case(
                "comes back after the server was down for an hour",
                Verdict::Failed(failure()),
                story(0),
            ),
            case("says a word that is none", Verdict::Error(error), Story::default()),
            hostile(),
        ],
        faults: vec![FileFault {
            file: "tests/empty.lua".into(),
            line: None,
            text: "no test in it".to_owned(),
            hint: Some("write one: test(\"...\", function(world) ... end)".to_owned()),
        }],
        left: 0,
    }
}
