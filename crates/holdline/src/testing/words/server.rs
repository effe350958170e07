//! What can be said to a server, and seen of it.

use super::{Act, Answer, Args, Kind, Spoken, Thing, Word};
use crate::testing::observation::{Observation, Wanted};
use crate::testing::story::What;
use crate::testing::trial::{Trial, instant};

pub(super) const KIND: Kind = Kind {
    name: "Server",
    called: "server",
    en: "A server of the world. It takes everything and says nothing, unless it is told otherwise.",
    zh: "世界里的一台服务器。默认只收不发，除非另有吩咐。",
    words: &WORDS,
};

const WORDS: [Word; 8] = [
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
        name: "down",
        forms: &["time: string"],
        returns: "Server",
        en: "The server's process is killed now, and back after this time: its connections are closed, \
             and who connects meanwhile is refused.",
        zh: "服务器进程现在被杀掉，这段时间后恢复：原有连接被关闭，期间的连接被拒绝。",
        example: "server:down(\"1h\")",
        act: Act::Server(down),
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

fn down(trial: &mut Trial, server: usize, args: &mut Args) -> Spoken {
    let (now, time) = (trial.now(), args.duration()?);
    trial.server(server).down(instant(now)..instant(now + time));
    let actor = trial.address(server).actor;
    trial.note(actor, What::FaultBegan("server down".to_owned()));
    trial.plan(now + time, actor, What::FaultEnded("server down".to_owned()));
    Ok(Answer::Itself)
}

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
