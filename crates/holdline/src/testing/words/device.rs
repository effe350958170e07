//! What can be said to a device, and seen of it.

use super::{Act, Answer, Args, Kind, Spoken, Thing, Word, faults};
use crate::testing::observation::{Observation, Wanted};
use crate::testing::trial::Trial;
use holdline_modem::UartId;
use holdline_sim::DeviceId;

pub(super) const KIND: Kind = Kind {
    name: "Device",
    called: "device",
    en: "A device that runs the project under test.",
    zh: "一台运行被测工程的设备。",
    words: &WORDS,
};

const WORDS: [Word; 11] = [
    Word {
        name: "fault",
        forms: &["words: string"],
        returns: "Device",
        en: "Any fault of the module or of its lines, in the words for faults.",
        zh: "用故障词汇描述的任何模块故障或线路故障。",
        example: "device:fault(\"flight mode for 1m\")",
        act: Act::Device(faults::of_device),
    },
    Word {
        name: "power_cut",
        forms: &["", "time: string"],
        returns: "Device",
        en: "The device loses its power, for a moment or for so long.",
        zh: "设备断电，片刻或一段时间。",
        example: "device:power_cut(\"10s\")",
        act: Act::Device(faults::power_cut),
    },
    Word {
        name: "restarts",
        forms: &["", "text: string"],
        returns: "Observation",
        en: "Restarts of the device, whatever their reason; with a text, those whose reason contains it.",
        zh: "设备的重启，不论原因；给出文本时，指原因包含该文本的重启。",
        example: "expect(device:restarts()):never()",
        act: Act::Device(restarts),
    },
    Word {
        name: "log",
        forms: &["", "text: string"],
        returns: "Observation",
        en: "Lines that the script printed; with a text, those that contain it.",
        zh: "脚本打印的行；给出文本时，指包含该文本的行。",
        example: "expect(device:log(\"CONNECT\")):at_least(1)",
        act: Act::Device(log),
    },
    Word {
        name: "log_exactly",
        forms: &["text: string"],
        returns: "Observation",
        en: "Lines that the script printed and that are this text and nothing more; `print` puts `\\t` between its values.",
        zh: "脚本打印的、内容恰好是该文本的行；`print` 的各个值之间是 `\\t`。",
        example: "expect(device:log_exactly(\"led\\ton\")):exactly(1)",
        act: Act::Device(log_exactly),
    },
    Word {
        name: "notices",
        forms: &["", "text: string"],
        returns: "Observation",
        en: "What Holdline would tell the script's author; with a text, what contains it.",
        zh: "Holdline 对脚本作者的提示；给出文本时，指包含该文本的提示。",
        example: "expect(device:notices()):never()",
        act: Act::Device(notices),
    },
    Word {
        name: "dials",
        forms: &["", "text: string"],
        returns: "Observation",
        en: "Connections that the script asked for, whether or not anybody answers; with a text, those to an address that contains it.",
        zh: "脚本发起的连接，不论有没有应答；给出文本时，指地址包含该文本的连接。",
        example: "expect(device:dials()):at_most(10)",
        act: Act::Device(dials),
    },
    Word {
        name: "sockets",
        forms: &[""],
        returns: "Observation",
        en: "How many sockets the script has in use: those that it asked for and has not closed.",
        zh: "脚本正在占用多少个 socket：已申请而未关闭的。",
        example: "expect(device:sockets()):at_most(1)",
        act: Act::Device(sockets),
    },
    Word {
        name: "flash",
        forms: &["path: string"],
        returns: "Observation",
        en: "The content of one of the device's own files.",
        zh: "设备自己的一个文件的内容。",
        example: "expect(device:flash(\"/count.txt\")):equals(\"3\")",
        act: Act::Device(flash),
    },
    Word {
        name: "is_online",
        forms: &[""],
        returns: "Observation",
        en: "Whether the device has an address.",
        zh: "设备是否已有 IP 地址。",
        example: "expect(device:is_online()):equals(true)",
        act: Act::Device(is_online),
    },
    Word {
        name: "uart",
        forms: &["port: integer"],
        returns: "Uart",
        en: "What is at the other end of a serial port: 1, 2, 3, or 0x81 for USB.",
        zh: "串口的另一端：1、2、3，或 0x81 表示 USB。",
        example: "local uart = device:uart(1)",
        act: Act::Device(uart),
    },
];

fn seen(observation: Observation) -> Spoken {
    Ok(Answer::Thing(Thing::Observation(observation)))
}

/// All, or what contains the text that is given.
pub(super) fn wanted(args: &mut Args) -> Result<Wanted, crate::report::Problem> {
    Ok(if args.has_more() { Wanted::With(args.pattern()?) } else { Wanted::All })
}

fn restarts(_trial: &mut Trial, device: DeviceId, args: &mut Args) -> Spoken {
    seen(Observation::Restarts { device, wanted: wanted(args)? })
}

fn dials(_trial: &mut Trial, device: DeviceId, args: &mut Args) -> Spoken {
    seen(Observation::Dials { device, wanted: wanted(args)? })
}

fn log(_trial: &mut Trial, device: DeviceId, args: &mut Args) -> Spoken {
    seen(Observation::Log { device, wanted: wanted(args)? })
}

fn log_exactly(_trial: &mut Trial, device: DeviceId, args: &mut Args) -> Spoken {
    seen(Observation::Log { device, wanted: Wanted::Exactly(args.pattern()?) })
}

fn notices(_trial: &mut Trial, device: DeviceId, args: &mut Args) -> Spoken {
    seen(Observation::Notices { device, wanted: wanted(args)? })
}

fn sockets(_trial: &mut Trial, device: DeviceId, _args: &mut Args) -> Spoken {
    seen(Observation::Sockets { device })
}

fn flash(_trial: &mut Trial, device: DeviceId, args: &mut Args) -> Spoken {
    seen(Observation::Flash { device, path: args.text()? })
}

fn is_online(_trial: &mut Trial, device: DeviceId, _args: &mut Args) -> Spoken {
    seen(Observation::IsOnline { device })
}

fn uart(_trial: &mut Trial, device: DeviceId, args: &mut Args) -> Spoken {
    let value = args.next();
    let number = value.count().and_then(|number| u8::try_from(number).ok());
    let Some(port) = number.and_then(UartId::new) else {
        return Err(args.wrong(&value, args.lang().a_uart()).into());
    };
    Ok(Answer::Thing(Thing::Uart(device, port)))
}
