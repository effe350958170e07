//! What a server does by rule: on which cue it does what.

use super::{Act, Answer, Args, Kind, Spoken, Thing, Word};
use crate::testing::trial::Trial;
use holdline_peer::{Cue, Ending, Mask, Pattern};

pub(super) const KIND: Kind = Kind {
    name: "Rule",
    called: "rule",
    en: "What a server does on a cue, from the next word of the test on. Of the rules about messages, the \
         first that fits decides. A message is what comes in one piece.",
    zh: "服务器遇到某种情况时做什么，从测试的下一个词起生效。关于消息的规则中，第一条符合的生效。一次到达的数据是一条消息。",
    words: &WORDS,
};

const WORDS: [Word; 6] = [
    Word {
        name: "after",
        forms: &["time: string"],
        returns: "Rule",
        en: "Waits so long before it does what follows from the rule.",
        zh: "先等这么久，再执行这条规则。",
        example: "server:when(\"login\"):after(\"2s\"):reply(\"ok\")",
        act: Act::Rule(after),
    },
    Word {
        name: "split",
        forms: &["bytes: integer"],
        returns: "Rule",
        en: "Sends the reply in pieces of at most so many bytes, 10 ms apart.",
        zh: "把回复分成每段至多这么多字节发送，间隔 10 毫秒。",
        example: "server:when(\"login\"):split(3):reply(\"welcome\")",
        act: Act::Rule(split),
    },
    Word {
        name: "reply",
        forms: &["bytes: string"],
        returns: "Rule",
        en: "Sends these bytes; an empty text keeps the server from answering.",
        zh: "发送这些数据；空文本表示不回复。",
        example: "server:when(\"login\"):reply(\"ok\\r\\n\")",
        act: Act::Rule(reply),
    },
    Word {
        name: "reply_hex",
        forms: &["bytes: string"],
        returns: "Rule",
        en: "Sends bytes, written in hex.",
        zh: "发送十六进制写的字节。",
        example: "server:when_hex(\"AA ?? 01\"):reply_hex(\"AA 00 01\")",
        act: Act::Rule(reply_hex),
    },
    Word {
        name: "close",
        forms: &[""],
        returns: "Rule",
        en: "Closes the connection in the regular way (FIN), after the reply if there is one.",
        zh: "正常关闭这个连接（FIN）；若有回复，先回复。",
        example: "server:when(\"bye\"):reply(\"bye\"):close()",
        act: Act::Rule(close),
    },
    Word {
        name: "reset",
        forms: &[""],
        returns: "Rule",
        en: "Breaks the connection (RST), after the reply if there is one.",
        zh: "强行断开这个连接（RST）；若有回复，先回复。",
        example: "server:when_connected():after(\"5m\"):reset()",
        act: Act::Rule(reset),
    },
];

fn begin(trial: &mut Trial, server: usize, cue: Cue) -> Spoken {
    Ok(Answer::Thing(Thing::Rule(trial.rule(server, cue))))
}

/// `server:when(prefix)`
pub(super) fn when(trial: &mut Trial, server: usize, args: &mut Args) -> Spoken {
    let prefix = args.cue()?;
    begin(trial, server, Cue::Prefix(prefix))
}

pub(super) fn when_equals(trial: &mut Trial, server: usize, args: &mut Args) -> Spoken {
    let bytes = args.cue()?;
    begin(trial, server, Cue::Equals(bytes))
}

pub(super) fn when_contains(trial: &mut Trial, server: usize, args: &mut Args) -> Spoken {
    let part = args.cue()?;
    begin(trial, server, Cue::Contains(part))
}

pub(super) fn when_matches(trial: &mut Trial, server: usize, args: &mut Args) -> Spoken {
    let pattern = args.text()?;
    let pattern = Pattern::new(&pattern).map_err(|error| args.lang().not_a_pattern(&error))?;
    begin(trial, server, Cue::Matches(pattern))
}

pub(super) fn when_hex(trial: &mut Trial, server: usize, args: &mut Args) -> Spoken {
    let mask = args.text()?;
    let mask = Mask::parse(&mask).map_err(|error| args.lang().not_a_mask(&mask, &error))?;
    begin(trial, server, Cue::Starts(mask))
}

pub(super) fn when_connected(trial: &mut Trial, server: usize, _args: &mut Args) -> Spoken {
    begin(trial, server, Cue::Connect)
}

/// `server:every(period)`
pub(super) fn every(trial: &mut Trial, server: usize, args: &mut Args) -> Spoken {
    let period = args.duration()?;
    begin(trial, server, Cue::Every(period))
}

/// Puts a part into the rule, which has none of it yet.
fn give<T>(place: &mut Option<T>, part: T, args: &Args) -> Spoken {
    if place.is_some() {
        return Err(args.lang().said_twice_in_a_rule().into());
    }
    *place = Some(part);
    Ok(Answer::Itself)
}

fn after(trial: &mut Trial, rule: u32, args: &mut Args) -> Spoken {
    let time = args.duration()?;
    give(&mut trial.ruling(rule)?.after, time, args)
}

fn split(trial: &mut Trial, rule: u32, args: &mut Args) -> Spoken {
    let value = args.next();
    let piece_len = value.count().filter(|count| *count > 0);
    let Some(piece_len) = piece_len.and_then(|count| usize::try_from(count).ok()) else {
        return Err(args.wrong(&value, args.lang().a_count()).into());
    };
    give(&mut trial.ruling(rule)?.split, piece_len, args)
}

fn reply(trial: &mut Trial, rule: u32, args: &mut Args) -> Spoken {
    let bytes = args.bytes()?;
    give(&mut trial.ruling(rule)?.reply, bytes, args)
}

fn reply_hex(trial: &mut Trial, rule: u32, args: &mut Args) -> Spoken {
    let bytes = args.hex_bytes()?;
    give(&mut trial.ruling(rule)?.reply, bytes, args)
}

fn close(trial: &mut Trial, rule: u32, args: &mut Args) -> Spoken {
    give(&mut trial.ruling(rule)?.ending, Ending::Close, args)
}

fn reset(trial: &mut Trial, rule: u32, args: &mut Args) -> Spoken {
    give(&mut trial.ruling(rule)?.ending, Ending::Reset, args)
}
