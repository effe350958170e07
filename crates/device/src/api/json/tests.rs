use super::*;

fn run(script: &str) {
    let lua = Lua::new();
    lua.globals().set("json", table(&lua).unwrap()).unwrap();
    lua.load(
        r##"
        function fails(text, f, ...)
            local ok, err = pcall(f, ...)
            assert(not ok and tostring(err):find(text, 1, true), tostring(err))
        end
        function writes(text, value)
            local got = json.encode(value)
            assert(got == text, got)
        end"##,
    )
    .exec()
    .unwrap();
    lua.load(script).exec().unwrap_or_else(|error| panic!("{error}"));
}

#[test]
fn scalars_are_written() {
    run(r##"
        writes("null", nil)
        writes("null", json.null)
        writes("true", true)
        writes("-12", -12)
        writes("0.1", 0.1)
        writes("1700000000000", 1700000000000)
        writes("3.1415926535898", math.pi)
        writes("1e+20", 1e20)
        writes([["a\"\\\/\b\f\n\r\t\u0000\u001f\u007f"]], "a\"\\/\b\f\n\r\t\0\31\127")
        writes('"\176\161"', "\176\161")
    "##);
}

#[test]
fn tables_are_written_as_arrays_or_objects() {
    run(r##"
        writes("{}", {})
        writes("[1,[2],{\"a\":3}]", {1, {2}, {a = 3}})
        writes("[1,null,3]", {1, nil, 3})
        writes("[null,null,3]", {[3] = 3})
        writes('{"a":1,"b":2,"c":{"x":true,"y":1}}', {c = {y = 1, x = true}, b = 2, a = 1})
        writes('{"0":"z","1":"a"}', {[0] = "z", "a"})
        writes('{"1":"a","x":1}', {"a", x = 1})
        writes('{"1.5":1}', {[1.5] = 1})
    "##);
}

#[test]
fn keys_stand_in_order_however_they_came() {
    run(r##"
        local a, b = {}, {}
        for i = 1, 200 do a["k" .. i] = i end
        for i = 200, 1, -1 do b["k" .. i] = i end
        assert(json.encode(a) == json.encode(b))
        assert(json.encode(a):find('^{"k1":1,"k10":10,"k100":100,'))
    "##);
}

#[test]
fn what_json_lacks_is_refused() {
    run(r##"
        fails("json.encode: expected a value that JSON has, got a function", json.encode, print)
        fails("got a thread", json.encode, {coroutine.create(function() end)})
        fails("got a userdata", json.encode, {a = io.stdout})
        fails("finite", json.encode, 0/0)
        fails("finite", json.encode, {math.huge})
        fails("as key, got a boolean", json.encode, {[true] = 1})
        fails("1 keys of 11", json.encode, {[11] = 1})
        fails("keys of 9007199254740992", json.encode, {[2^53] = 1})
    "##);
}

#[test]
fn cycles_depth_and_size_are_bounded() {
    run(r##"
        local cycle = {}
        cycle[1] = cycle
        fails("128 levels", json.encode, cycle)
        local wide = {}
        for i = 1, 100000 do wide["k" .. i] = wide end
        fails("1048576 bytes", json.encode, wide)
        local doubled = {1}
        for i = 1, 100 do doubled = {doubled, doubled} end
        fails("1048576 bytes", json.encode, doubled)
        fails("1048576 bytes", json.encode, ("x"):rep(2^20))
        local deep = {}
        for i = 1, 127 do deep = {deep} end
        assert(json.encode(deep) == ("["):rep(127) .. "{}" .. ("]"):rep(127))
        local keys = {}
        for i = 1, 50000 do keys["k" .. i] = i end
        assert(#json.encode(keys) > 500000)
    "##);
}

#[test]
fn scalars_are_read() {
    run(r##"
        assert(json.decode(" true ") == true and json.decode("false") == false)
        assert(json.decode("null") == json.null and json.null ~= nil)
        assert(json.decode("-1.5e+2") == -150 and json.decode("0") == 0)
        assert(json.decode("2E-1") == 0.2 and json.decode("1e999") == math.huge)
        assert(json.decode([["\"\\\/\b\f\n\r\t\u0041\u0000"]]) == "\"\\/\b\f\n\r\tA\0")
        assert(json.decode([["\u4e2d\uD83D\ude00"]]) == "\228\184\173\240\159\152\128")
        assert(json.decode('"\214\208\0\n"') == "\214\208\0\n")
        assert(json.decode(12) == 12)
    "##);
}

#[test]
fn arrays_and_objects_are_read() {
    run(r##"
        local t = json.decode('{"a":[1,2,{"b":null}],"":"x" , "a b" : [ ] , "n":{}}')
        assert(t.a[2] == 2 and t.a[3].b == json.null and t[""] == "x")
        assert(#t["a b"] == 0 and next(t.n) == nil)
        assert(json.decode('{"a":1,"a":2}').a == 2)
        assert(#json.decode("[" .. ("1,"):rep(20000) .. "1]") == 20001)
    "##);
}

#[test]
fn bad_text_is_refused_with_its_place() {
    run(r##"
        fails("json.decode: expected a value at character 1, got the end", json.decode, "")
        fails("expected the end at character 3, got `x`", json.decode, "1 x")
        fails("expected a value at character 4, got `]`", json.decode, "[1,]")
        fails("expected `,` or `]` at character 4, got `2`", json.decode, "[1 2]")
        fails("expected a key at character 2", json.decode, "{1:2}")
        fails("expected a key at character 8, got `}`", json.decode, '{"a":1,}')
        fails("expected `:` at character 6", json.decode, '{"a" 1}')
        fails("expected a digit at character 2", json.decode, "-")
        fails("expected the end at character 2", json.decode, "01")
        fails("expected a digit at character 3", json.decode, "1.e5")
        fails("expected an escape at character 3", json.decode, [["\q"]])
        fails("expected a hex digit at character 6", json.decode, [["\u12"]])
        fails("expected the other half of a pair", json.decode, [["\ud800x"]])
        fails("expected the other half of a pair", json.decode, [["\udc00"]])
        fails("expected `\"` at character 4, got the end", json.decode, '"ab')
        fails("expected a value at character 1, got `\\xff`", json.decode, "\255")
        for _, text in ipairs{"nul", "tru", "NaN", "[", "{", '{"a"', '{"a":', "[1,", '"\\', "+1"} do
            fails("json.decode: expected", json.decode, text)
        end
        fails("#1 to `json.decode`", json.decode)
        fails("#1 to `json.decode`", json.decode, {})
    "##);
}

#[test]
fn deep_text_is_refused() {
    run(r##"
        assert(json.decode(("["):rep(128) .. ("]"):rep(128)))
        fails("128 levels at character 129", json.decode, ("["):rep(129) .. ("]"):rep(129))
        fails("128 levels", json.decode, ("["):rep(1000000))
        fails("128 levels", json.decode, ('{"a":'):rep(100000))
    "##);
}

#[test]
fn what_is_written_is_read_again() {
    run(r##"
        local text = '{"a":[1,2.5,"x\\/y",true,null],"b":{"c":"\\u0001"}}'
        assert(json.encode(json.decode(text)) == text)
    "##);
}

#[test]
fn running_out_of_memory_is_an_error() {
    let lua = Lua::new();
    lua.globals().set("json", table(&lua).unwrap()).unwrap();
    lua.load(r##"text = "[" .. ("[],"):rep(100000) .. "[]]""##).exec().unwrap();
    lua.set_memory_limit(lua.used_memory() + 500_000).unwrap();
    let error = lua.load("json.decode(text)").exec().unwrap_err();
    assert!(error.to_string().contains("not enough memory"), "{error}");
}
