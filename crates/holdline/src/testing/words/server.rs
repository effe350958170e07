//! What can be said to a server, and seen of it.

use super::{Act, Answer, Args, Kind, Spoken, Thing, Word, faults, rule};
use crate::testing::observation::{Observation, Wanted};
use crate::testing::trial::{Trial, instant};

pub(super) const KIND: Kind = Kind {
    name: "Server",
    called: "server",
    en: "A server of the world. It takes everything and says nothing, unless it is told otherwise.",
    zh: "世界里的一台服务器。默认只收不发，除非另有吩咐。",
    words: &WORDS,
};

const WORDS: [Word; 23] = [
    Word {
        name: "restart",
        forms: &[""],
        returns: "Server",
        en: "The process is killed now and back at once: its connections are closed.",
        zh: "服务器进程现在被杀掉并立刻恢复：原有连接被关闭。",
        example: "server:restart()",
        act: Act::Server(faults::restart),
    },
    Word {
        name: "refuse",
        forms: &["", "connects: integer", "time: string"],
        returns: "Server",
        en: "Refuses connects: so many from now on, for so long, or for good.",
        zh: "拒绝连接：从现在起若干次、一段时间，或一直拒绝。",
        example: "server:refuse(3)",
        act: Act::Server(faults::refuse),
    },
    Word {
        name: "silent",
        forms: &["", "time: string"],
        returns: "Server",
        en: "Takes bytes and says nothing, for so long or for good.",
        zh: "只收不回，持续一段时间或一直如此。",
        example: "server:silent(\"5m\")",
        act: Act::Server(faults::silent),
    },
    Word {
        name: "close",
        forms: &[""],
        returns: "Server",
        en: "Closes every connection now, in the regular way (FIN).",
        zh: "现在正常关闭所有连接（FIN）。",
        example: "server:close()",
        act: Act::Server(faults::close),
    },
    Word {
        name: "reset",
        forms: &[""],
        returns: "Server",
        en: "Breaks every connection now (RST).",
        zh: "现在强行断开所有连接（RST）。",
        example: "server:reset()",
        act: Act::Server(faults::reset),
    },
    Word {
        name: "fault",
        forms: &["words: string"],
        returns: "Server",
        en: "Any fault of a server or of the lines to it, in the words for faults.",
        zh: "用故障词汇描述的任何服务器故障或线路故障。",
        example: "server:fault(\"reset after 37 bytes\")",
        act: Act::Server(faults::of_server),
    },
    Word {
        name: "speaks_tls",
        forms: &["options?: { fails?: string, wants_client_certificate?: boolean }"],
        returns: "Server",
        en: "Speaks TLS; `fails` says how handshakes fail, in the words for faults without `tls`.",
        zh: "使用 TLS；`fails` 说明握手如何失败，用故障词汇，不写 `tls`。",
        example: "server:speaks_tls{ fails = \"expired\" }",
        act: Act::Server(faults::speaks_tls),
    },
    Word {
        name: "send",
        forms: &["bytes: string"],
        returns: "Server",
        en: "Sends bytes to every device that is connected now.",
        zh: "向现在连着的每台设备发送数据。",
        example: "server:send(\"led on\\r\\n\")",
        act: Act::Server(send),
    },
    Word {
        name: "send_hex",
        forms: &["bytes: string"],
        returns: "Server",
        en: "Sends bytes, written in hex, to every device that is connected now.",
        zh: "向现在连着的每台设备发送十六进制写的字节。",
        example: "server:send_hex(\"AA 01 FF\")",
        act: Act::Server(send_hex),
    },
    Word {
        name: "when",
        forms: &["prefix: string"],
        returns: "Rule",
        en: "A rule for messages that start with this text.",
        zh: "以该文本开头的消息的规则。",
        example: "server:when(\"login\"):reply(\"ok\")",
        act: Act::Server(rule::when),
    },
    Word {
        name: "when_equals",
        forms: &["text: string"],
        returns: "Rule",
        en: "A rule for messages that are this text and nothing more.",
        zh: "内容恰好是该文本的消息的规则。",
        example: "server:when_equals(\"ping\"):reply(\"pong\")",
        act: Act::Server(rule::when_equals),
    },
    Word {
        name: "when_contains",
        forms: &["text: string"],
        returns: "Rule",
        en: "A rule for messages with this text in them.",
        zh: "包含该文本的消息的规则。",
        example: "server:when_contains(\"imei=\"):reply(\"ok\")",
        act: Act::Server(rule::when_contains),
    },
    Word {
        name: "when_matches",
        forms: &["pattern: string"],
        returns: "Rule",
        en: "A rule for messages in which a regular expression matches.",
        zh: "与正则表达式匹配的消息的规则。",
        example: "server:when_matches(\"^temp=[0-9]+\"):reply(\"ok\")",
        act: Act::Server(rule::when_matches),
    },
    Word {
        name: "when_hex",
        forms: &["mask: string"],
        returns: "Rule",
        en: "A rule for messages that start with these bytes, written in hex; `?` is any digit.",
        zh: "以这些字节开头的消息的规则，十六进制；`?` 表示任意一位。",
        example: "server:when_hex(\"AA ?? 01\"):reply_hex(\"AA 00 01\")",
        act: Act::Server(rule::when_hex),
    },
    Word {
        name: "when_connected",
        forms: &[""],
        returns: "Rule",
        en: "A rule for each new connection.",
        zh: "每个新连接的规则。",
        example: "server:when_connected():reply(\"welcome\\r\\n\")",
        act: Act::Server(rule::when_connected),
    },
    Word {
        name: "every",
        forms: &["period: string"],
        returns: "Rule",
        en: "A rule for again and again on each connection, from its start or from now.",
        zh: "在每个连接上周期执行的规则，从连接建立或现在算起。",
        example: "server:every(\"30s\"):reply(\"tick\")",
        act: Act::Server(rule::every),
    },
    Word {
        name: "echo",
        forms: &[""],
        returns: "Server",
        en: "Answers each message that no rule takes with the message itself.",
        zh: "没有规则处理的消息，原样发回。",
        example: "server:echo()",
        act: Act::Server(echo),
    },
    Word {
        name: "down",
        forms: &["", "time: string"],
        returns: "Server",
        en: "The server's process is killed now, and back after this time: its connections are closed, \
             and who connects meanwhile is refused.",
        zh: "服务器进程现在被杀掉，这段时间后恢复：原有连接被关闭，期间的连接被拒绝。",
        example: "server:down(\"1h\")",
        act: Act::Server(faults::down),
    },
    Word {
        name: "received",
        forms: &["", "text: string"],
        returns: "Observation",
        en: "Messages that the server received; with a text, each time that it came, wherever TCP cut it.",
        zh: "服务器收到的消息；给出文本时，指该文本每次到达，不管 TCP 如何分段。",
        example: "expect(server:received(\"heart data\")):every(\"10s\")",
        act: Act::Server(received),
    },
    Word {
        name: "received_exactly",
        forms: &["text: string"],
        returns: "Observation",
        en: "Messages that are this text and nothing more.",
        zh: "内容恰好是该文本的消息。",
        example: "expect(server:received_exactly(\"bye\")):exactly(1)",
        act: Act::Server(received_exactly),
    },
    Word {
        name: "received_hex",
        forms: &["mask: string"],
        returns: "Observation",
        en: "Each time that these bytes came, written in hex; `??` is any byte.",
        zh: "这些字节（十六进制，`??` 表示任意字节）每次到达。",
        example: "expect(server:received_hex(\"AA ?? 01\")):at_least(1)",
        act: Act::Server(received_hex),
    },
    Word {
        name: "connects",
        forms: &[""],
        returns: "Observation",
        en: "Connections that the server accepted so far.",
        zh: "服务器至今接受的连接。",
        example: "expect(server:connects()):exactly(1)",
        act: Act::Server(connects),
    },
    Word {
        name: "connections",
        forms: &[""],
        returns: "Observation",
        en: "How many connections the server has open now.",
        zh: "服务器现在有多少个打开的连接。",
        example: "expect(server:connections()):equals(1)",
        act: Act::Server(connections),
    },
];

fn send(trial: &mut Trial, server: usize, args: &mut Args) -> Spoken {
    let bytes = args.bytes()?;
    send_all(trial, server, bytes)
}

fn send_hex(trial: &mut Trial, server: usize, args: &mut Args) -> Spoken {
    let bytes = args.hex_bytes()?;
    send_all(trial, server, bytes)
}

fn send_all(trial: &mut Trial, server: usize, bytes: Vec<u8>) -> Spoken {
    let now = instant(trial.now());
    trial.server(server).plan(now, holdline_peer::Act::SendAll(bytes));
    Ok(Answer::Itself)
}

fn echo(trial: &mut Trial, server: usize, _args: &mut Args) -> Spoken {
    trial.server(server).set_reply(holdline_peer::Reply::Echo);
    Ok(Answer::Itself)
}

fn seen(observation: Observation) -> Spoken {
    Ok(Answer::Thing(Thing::Observation(observation)))
}

fn received(_trial: &mut Trial, server: usize, args: &mut Args) -> Spoken {
    let wanted = if args.has_more() { Wanted::With(args.pattern()?) } else { Wanted::All };
    seen(Observation::Received { server, wanted })
}

fn received_exactly(_trial: &mut Trial, server: usize, args: &mut Args) -> Spoken {
    let wanted = Wanted::Exactly(args.pattern()?);
    seen(Observation::Received { server, wanted })
}

fn received_hex(_trial: &mut Trial, server: usize, args: &mut Args) -> Spoken {
    let wanted = Wanted::With(args.hex()?);
    seen(Observation::Received { server, wanted })
}

fn connects(_trial: &mut Trial, server: usize, _args: &mut Args) -> Spoken {
    seen(Observation::Connects { server })
}

fn connections(_trial: &mut Trial, server: usize, _args: &mut Args) -> Spoken {
    seen(Observation::Connections { server })
}
