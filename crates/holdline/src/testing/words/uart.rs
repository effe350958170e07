//! What can be said at the other end of a serial port, and heard there.

use super::device::wanted;
use super::{Act, Answer, Args, Kind, Spoken, Thing, Word};
use crate::testing::observation::Observation;
use crate::testing::trial::Trial;
use holdline_modem::UartId;
use holdline_sim::DeviceId;

pub(super) const KIND: Kind = Kind {
    name: "Uart",
    called: "uart",
    en: "What is at the other end of one of a device's serial ports.",
    zh: "设备某个串口的另一端。",
    words: &WORDS,
};

const WORDS: [Word; 2] = [
    Word {
        name: "send",
        forms: &["bytes: string"],
        returns: "Uart",
        en: "Sends bytes to the device, at the baud rate that the script has set.",
        zh: "向设备发送数据，速率为脚本设置的波特率。",
        example: "device:uart(1):send(\"ping\\r\\n\")",
        act: Act::Uart(send),
    },
    Word {
        name: "received",
        forms: &["", "text: string"],
        returns: "Observation",
        en: "All that the device wrote to the port; with a text, each time that it came.",
        zh: "设备写到串口的全部内容；给出文本时，指该文本每次到达。",
        example: "expect(device:uart(1):received()):contains(\"pong\")",
        act: Act::Uart(received),
    },
];

fn send(trial: &mut Trial, (device, port): (DeviceId, UartId), args: &mut Args) -> Spoken {
    let bytes = args.bytes()?;
    trial.sim().uart(device, port).feed(&bytes);
    Ok(Answer::Itself)
}

fn received(_trial: &mut Trial, (device, port): (DeviceId, UartId), args: &mut Args) -> Spoken {
    let observation = Observation::Heard { device, port, wanted: wanted(args)? };
    Ok(Answer::Thing(Thing::Observation(observation)))
}
