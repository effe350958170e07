use super::*;

fn run(script: &str) {
    let lua = Lua::new();
    lua.globals().set("pack", table(&lua).unwrap()).unwrap();
    lua.load(
        r##"
        function fails(text, f, ...)
            local ok, err = pcall(f, ...)
            assert(not ok and tostring(err):find(text, 1, true), tostring(err))
        end
        function equal(expected, ...)
            local got = {...}
            assert(#got == #expected, #got .. " values")
            for k, v in ipairs(expected) do assert(got[k] == v, k .. ": " .. tostring(got[k])) end
        end"##,
    )
    .exec()
    .unwrap();
    lua.load(script).exec().unwrap_or_else(|error| panic!("{error}"));
}

#[test]
fn the_formats_that_mqtt_packs() {
    run(r##"
        assert(pack.pack(">bAA", 0x10, "\2", "xy") == "\16\2xy")
        assert(pack.pack(">P", "MQTT") == "\0\4MQTT")
        assert(pack.pack(">bAPHA", 0x30, "\5", "t", 258, "z") == "\48\5\0\1t\1\2z")
        assert(pack.pack(">bbH", 0x40, 2, 65535) == "\64\2\255\255")
        assert(pack.pack(">bb", 0xC0, 0) == "\192\0")
    "##);
}

#[test]
fn strings_keep_their_bytes() {
    run(r##"
        assert(pack.pack("zpPaA", "a", "b", "c", "d", "\0\255") ==
            "a\0\1b\1\0c\1\0\0\0d\0\255")
        equal({15, "a", "b", "c", "d", "\0\255"},
            pack.unpack("a\0\1b\1\0c\1\0\0\0d\0\255", "zpPaA2"))
        assert(pack.pack(">Pa", "x", "y") == "\0\1x\0\0\0\1y")
        assert(pack.pack("A", 12) == "12")
        equal({5, "ab\200"}, pack.unpack("ab\200", "z"))
        equal({1, ""}, pack.unpack("ab", "A0"))
    "##);
}

#[test]
fn numbers_go_both_ways() {
    run(r##"
        local numbers = {-1, 255, -2, 65534, -3, 4294967293, -4, 2^52, 1.5, -2.25, 0.125}
        for _, order in ipairs{"<", ">", "=", ""} do
            local s = pack.pack(order .. "cbhHiIlLfdn", unpack(numbers))
            assert(#s == 1+1+2+2+4+4+8+8+4+8+8)
            equal({#s + 1, unpack(numbers)}, pack.unpack(s, order .. "cbhHiIlLfdn"))
        end
        assert(pack.pack("<i>i", 1, 1) == "\1\0\0\0\0\0\0\1")
        assert(pack.pack("i", 1) == "\1\0\0\0")
        assert(pack.pack(">f", 1) == "\63\128\0\0")
        assert(pack.pack(">H", "258") == "\1\2")
    "##);
}

#[test]
fn numbers_out_of_range_keep_their_low_bytes() {
    run(r##"
        assert(pack.pack("b", 300) == "\44" and pack.pack("b", -1) == "\255")
        assert(pack.pack(">H", -1) == "\255\255" and pack.pack(">i", 4294967295) == "\255\255\255\255")
        assert(pack.pack("b", 2.9) == "\2")
        for _, n in ipairs{0/0, math.huge, -math.huge, 1e300} do
            assert(#pack.pack("cbhHiIlLfdn", n, n, n, n, n, n, n, n, n, n, n) == 50)
        end
    "##);
}

#[test]
fn counts_repeat_a_letter() {
    run(r##"
        assert(pack.pack("b3 , H", 1, 2, 3, 4) == "\1\2\3\4\0")
        assert(pack.pack("A2b0", "x", "y") == "xy")
        equal({5, 1, 2, 3, 4}, pack.unpack("\1\2\3\4", "b4"))
        equal({4, "abc"}, pack.unpack("abcd", "A3"))
        equal({5, "a", "b"}, pack.unpack("\1a\1b", "p2"))
    "##);
}

#[test]
fn a_short_string_ends_the_reading() {
    run(r##"
        equal({2, 1}, pack.unpack("\1", "b4"))
        equal({1}, pack.unpack("", "z"))
        equal({2, 1}, pack.unpack("\1\9ab", "bp"))
        equal({1}, pack.unpack("abc", "A4"))
        equal({3, 98}, pack.unpack("abc", "b", 2))
        equal({9}, pack.unpack("abc", "b", 9))
        equal({9}, pack.unpack("abc", "A0", 9))
        equal({1}, pack.unpack("\255\255\255\255x", "a"))
    "##);
}

#[test]
fn misuse_names_the_call_and_the_argument() {
    run(r##"
        fails("#1 to `pack.pack`", pack.pack)
        fails("#1 to `pack.pack`: expected a format", pack.pack, "bq", 1)
        fails("got `\\xff`", pack.pack, "\255")
        fails("#3 to `pack.pack`", pack.pack, "bb", 1)
        fails("#2 to `pack.pack`", pack.pack, "b", "x")
        fails("#2 to `pack.pack`", pack.pack, "A", {})
        fails("#2 to `pack.pack`: expected at most 255", pack.pack, "p", ("x"):rep(256))
        fails("#2 to `pack.unpack`", pack.unpack, "x")
        fails("#2 to `pack.unpack`: expected a format", pack.unpack, "x", "?")
        for _, init in ipairs{0, -1, -2^62, 0/0, math.huge} do
            fails("#3 to `pack.unpack`", pack.unpack, "x", "b", init)
        end
    "##);
}

#[test]
fn huge_counts_and_sizes_are_bounded() {
    run(r##"
        fails("#2 to `pack.pack`", pack.pack, "b99999999999999999999999")
        assert(pack.pack(" 99999999999999999999<99999999999999999999") == "")
        equal({1}, pack.unpack("", "b18446744073709551615"))
        equal({1}, pack.unpack("ab", "A18446744073709551615"))
        equal({3}, pack.unpack("ab", "A18446744073709551615", 3))
        equal({9007199254740992}, pack.unpack("ab", "b", 2^53))
        fails("more than 4096", pack.unpack, ("x"):rep(5000), "b5000")
        fails("more than 4096", pack.unpack, "", ("A0"):rep(5000))
        assert(select("#", pack.unpack(("x"):rep(4096), ("A"):rep(4096))) == 4097)
        local big, many = ("x"):rep(1000), {}
        for i = 1, 2000 do many[i] = big end
        fails("more than 1048576 bytes", pack.pack, "A2000", unpack(many))
        for i = 1, 7000 do many[i] = "s" .. i end
        pcall(pack.pack, "A7000", unpack(many))
        assert(pack.pack("b", 1) == "\1")
    "##);
}
