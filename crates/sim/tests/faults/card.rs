//! The SIM card: out of its slot, locked, not paid for.

use super::{CALLBACKS, TASK, beats_since, inject, story, struck, world};
use expect_test::expect;

const HEARS: &str = r#"sys.subscribe("SIM_IND", function(state) print("SIM_IND " .. state) end)"#;

/// With its PIN the card brings the network back in the times of a boot.
#[test]
fn sim_pin() {
    let mut sim = world(&TASK.replace("--[[more]]", HEARS));
    inject(&mut sim, "at 15s sim pin for 20s");
    expect![[r#"
        00:00:15.000  SIM locked
        00:00:15.000  0> abort
        00:00:15.000  IP lost
        00:00:15.000  unregistered
        00:00:15.000  SIM asks for its PIN
        00:00:15.000  | [I]-[socket:sock_close]	0
        00:00:15.000  | SIM_IND SIM_PIN
        00:00:15.000  | SIM_IND NORDY
        00:00:15.000  | [I]-[socket:on_response:]	0	SOCKET_CLOSE	0
        00:00:35.000  SIM unlocked
        00:00:35.000  SIM ready
        00:00:35.000  | SIM_IND RDY
        00:00:35.300  registered
        00:00:35.600  attached
        00:00:35.800  IP ready
        00:00:35.800  | [I]-[publish IP_READY_IND]
        00:00:35.800  | [I]-[socket:connect-coreid,prot,addr,port,cert,timeout]	0	TCP	server.example	9999	nil	120
        00:00:35.800  0> connect tcp server.example:9999
        00:00:35.840  0< connected
        00:00:35.840  | [I]-[socket:on_response:]	0	SOCKET_CONNECT	0
        00:00:35.840  | [I]-[socket:connect: connect ok]
        00:00:35.840  0> "beat"
        00:00:35.880  0< sent
        00:00:35.880  | [I]-[socket:on_response:]	0	SOCKET_SEND	0
    "#]].assert_eq(&story(&mut sim, 15, 42));
    assert!(beats_since(&mut sim, 35) > 0);
}

/// Nobody enters the PIN: no address ever again, and the address is not waited for in vain.
#[test]
fn sim_pin_of_generation_a() {
    let mut sim = world(CALLBACKS);
    inject(&mut sim, "at 15s sim pin");
    expect![[r#"
        00:00:15.000  SIM locked
        00:00:15.000  0> abort
        00:00:15.000  IP lost
        00:00:15.000  unregistered
        00:00:15.000  SIM asks for its PIN
        00:00:15.000  | ipstatus:	IP INITIAL
        00:00:15.000  | socket sckrsp	0	STATE	SHUTED
        00:00:15.000  | told STATE SHUTED
        00:00:15.000  | stopconnectingtimer	0
        00:00:15.100  IP shut
        00:00:20.000  | link.setupIP:	IP INITIAL
        00:00:20.000  | setupip: wait cgatt
        00:00:20.000  | link.connect	0	TCP	server.example	9999	IP INITIAL	false	false
    "#]]
    .assert_eq(&story(&mut sim, 15, 300));
}

#[test]
fn sim_out() {
    let mut sim = world(CALLBACKS);
    inject(&mut sim, "at 15s sim out for 20s");
    expect![[r#"
        00:00:15.000  SIM removed
        00:00:15.000  0> abort
        00:00:15.000  IP lost
        00:00:15.000  unregistered
        00:00:15.000  SIM gone
        00:00:15.000  | ipstatus:	IP INITIAL
        00:00:15.000  | socket sckrsp	0	STATE	SHUTED
        00:00:15.000  | told STATE SHUTED
        00:00:15.000  | stopconnectingtimer	0
        00:00:15.100  IP shut
        00:00:20.000  | link.setupIP:	IP INITIAL
        00:00:20.000  | setupip: wait cgatt
        00:00:20.000  | link.connect	0	TCP	server.example	9999	IP INITIAL	false	false
        00:00:35.000  SIM inserted
        00:00:35.200  SIM ready
        00:00:35.500  registered
        00:00:35.800  attached
        00:00:36.000  IP ready
        00:00:36.000  | ipstatus:	IP STATUS
        00:00:36.000  | startconnectingtimer
        00:00:36.000  0> connect tcp server.example:9999
        00:00:36.040  0< connected
        00:00:36.040  | socket sckrsp	0	CONNECT	CONNECT OK
        00:00:36.040  | told CONNECT true
        00:00:36.040  | send first 200 bytes	beat
        00:00:36.040  | stopconnectingtimer	0
        00:00:36.040  0> "beat"
        00:00:36.080  0< sent
        00:00:36.080  | socket sckrsp	0	SEND	SEND OK
        00:00:36.080  | told SEND true
    "#]]
    .assert_eq(&story(&mut sim, 15, 45));
}

/// Registered, but without an address until somebody has paid.
#[test]
fn sim_arrears() {
    let mut sim = struck("at 15s sim arrears for 20s");
    expect![[r#"
        00:00:15.000  data barred
        00:00:15.000  0> abort
        00:00:15.000  IP lost
        00:00:15.000  | [I]-[socket:sock_close]	0
        00:00:15.000  | [I]-[socket:on_response:]	0	SOCKET_CLOSE	0
        00:00:35.000  data allowed
        00:00:35.200  IP ready
        00:00:35.200  | [I]-[publish IP_READY_IND]
        00:00:35.200  | [I]-[socket:connect-coreid,prot,addr,port,cert,timeout]	0	TCP	server.example	9999	nil	120
        00:00:35.200  0> connect tcp server.example:9999
        00:00:35.240  0< connected
        00:00:35.240  | [I]-[socket:on_response:]	0	SOCKET_CONNECT	0
        00:00:35.240  | [I]-[socket:connect: connect ok]
        00:00:35.240  0> "beat"
        00:00:35.280  0< sent
        00:00:35.280  | [I]-[socket:on_response:]	0	SOCKET_SEND	0
    "#]].assert_eq(&story(&mut sim, 15, 45));
}

/// The address is waited for as long as the library does, and then the device starts anew.
#[test]
fn sim_arrears_of_generation_a() {
    let mut sim = world(CALLBACKS);
    inject(&mut sim, "at 15s sim arrears");
    expect![[r#"
        00:00:15.000  data barred
        00:00:15.000  0> abort
        00:00:15.000  IP lost
        00:00:15.100  IP shut
        00:00:15.100  | ipstatus:	IP INITIAL
        00:00:15.100  | socket sckrsp	0	STATE	SHUTED
        00:00:15.100  | told STATE SHUTED
        00:00:15.100  | stopconnectingtimer	0
        00:00:20.100  | link.setupIP:	IP INITIAL
        00:00:20.100  | link.connect	0	TCP	server.example	9999	IP INITIAL	false	false
        00:02:20.100  | saferestart restart[ciicrerrtmfnc];
        00:02:20.100  restart asked for: ciicrerrtmfnc
        00:02:20.600  | link.setupIP:	IP INITIAL
        00:02:20.600  | setupip: wait cgatt
        00:02:20.600  | link.connect	0	TCP	server.example	9999	IP INITIAL	false	false
        00:02:20.600  | poweron reason:	3	Air202	CALLBACKS	1.0.0	2.4.0	Luat_V0026_RDA8910_TTS_FLOAT
        00:02:20.600  | sys.initerr	restart[ciicrerrtmfnc];
        00:02:20.800  SIM ready
        00:02:21.100  registered
        00:02:21.400  attached
    "#]]
    .assert_eq(&story(&mut sim, 15, 150));
}
