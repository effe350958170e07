//! Pins in the world: keys that somebody presses, and lights.

use expect_test::expect;
use holdline_device::{Input, Project};
use holdline_modem::{Instant, PinId};
use holdline_sim::Sim;

/// Reports a key and lights a lamp while it is pressed; the net light blinks.
const DOORBELL: &str = r#"
    PROJECT, VERSION = "DOORBELL", "1.0.0"
    require "socket"
    require "pins"
    require "netLed"
    netLed.setup(true, pio.P0_1)
    local lamp = pins.setup(pio.P1_0, 0)
    local key = pins.setup(pio.P0_3, function(edge)
        lamp(edge == cpu.INT_GPIO_POSEDGE and 1 or 0)
        sys.publish("RING", edge)
    end)
    sys.taskInit(function()
        sys.waitUntil("IP_READY_IND")
        local client = socket.tcp()
        client:connect("192.0.2.1", 9999)
        while true do
            local _, edge = sys.waitUntil("RING")
            client:send(edge == cpu.INT_GPIO_POSEDGE and "pressed" or "released")
        end
    end)
    sys.init(0, 0)
    sys.run()
"#;

#[test]
fn a_key_that_is_pressed_reaches_the_server_and_the_lamp() {
    let mut sim = Sim::new(1);
    let device = sim.device(Project::from_files([("main.lua", DOORBELL)])).unwrap();
    sim.server(9999);
    let key = |level| Input::Pin { pin: PinId(3), level: Some(level) };
    sim.tell(at(5), device, key(true));
    sim.tell(at(7), device, key(false));
    // A day later there is no more to see: a light that blinks is one order.
    sim.run_until(at(86_400));
    let lines = sim.trace().lines().filter(|line| line.contains("P0_") || line.contains("P1_"));
    expect![[r#"
        00:00:00.000  P0_1> blinks, 300 ms on, 3700 ms off
        00:00:00.000  P1_0> low
        00:00:00.500  P0_1> blinks, 300 ms on, 1700 ms off
        00:00:00.800  P0_1> blinks, 300 ms on, 700 ms off
        00:00:01.040  P0_1> blinks, 100 ms on, 100 ms off
        00:00:05.000  P0_3< high
        00:00:05.000  P1_0> high
        00:00:07.000  P0_3< low
        00:00:07.000  P1_0> low
    "#]]
    .assert_eq(&lines.map(|line| format!("{line}\n")).collect::<String>());
    assert_eq!(sim.server(9999).peer().tally().received.messages, 2);
}

fn at(seconds: u64) -> Instant {
    Instant::from_millis(seconds * 1000)
}
