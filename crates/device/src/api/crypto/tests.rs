use super::*;

fn read_file(_: &Lua, path: &[u8]) -> Option<Vec<u8>> {
    (path == b"/abc").then(|| b"abc".to_vec())
}

fn run(script: &str) {
    let lua = Lua::new();
    lua.globals().set("crypto", table(&lua, read_file).unwrap()).unwrap();
    lua.load(
        r##"
        function fails(text, f, ...)
            local ok, err = pcall(f, ...)
            assert(not ok and tostring(err):find(text, 1, true), tostring(err))
        end
        function is(expected, got)
            assert(got == expected, tostring(got))
        end
        function bytes(hex)
            return (hex:gsub("%x%x", function(xx) return string.char(tonumber(xx, 16)) end))
        end"##,
    )
    .exec()
    .unwrap();
    lua.load(script).exec().unwrap_or_else(|error| panic!("{error}"));
}

/// RFC 1321, RFC 3174 and FIPS 180-4.
#[test]
fn digests_match_the_published_ones() {
    run(r##"
        is("D41D8CD98F00B204E9800998ECF8427E", crypto.md5("", 0))
        is("900150983CD24FB0D6963F7D28E17F72", crypto.md5("abc", 3))
        is("900150983CD24FB0D6963F7D28E17F72", crypto.md5("abcdef", 3))
        is("900150983CD24FB0D6963F7D28E17F72", crypto.md5("/abc", "file"))
        is(nil, crypto.md5("/none", "file"))
        is("A9993E364706816ABA3E25717850C26C9CD0D89D", crypto.sha1("abc", 3))
        is("BA7816BF8F01CFEA414140DE5DAE2223B00361A396177A9CB410FF61F20015AD", crypto.sha256("abc"))
    "##);
}

/// RFC 2202 and RFC 4231, with short keys and with keys longer than a block.
#[test]
fn keyed_digests_match_the_published_ones() {
    run(r##"
        local what = "what do ya want for nothing?"
        is("750C783E6AB0B503EAA86E310A5DB738", crypto.hmac_md5(what, #what, "Jefe", 4))
        is("EFFCDF6AE5EB2FA2D27416D5F184DF9C259A7C79", crypto.hmac_sha1(what, #what, "Jefe", 4))
        local sha256 = "5BDCC146BF60754E6A042426089575C75A003F089D2739839DEC58B964EC3843"
        is(sha256, crypto.hmac_sha256(what, #what, "Jefe", 4))
        is(sha256, crypto.hmac_sha256(what, "Jefe"))
        is(sha256, crypto.hmac_sha256(what, "Jefe", 4))
        is(sha256, crypto.hmac_sha256(what .. "!", #what, "Jefes", 4))
        local long = "Test Using Larger Than Block-Size Key - Hash Key First"
        local key = ("\170"):rep(80)
        is("6B1AB7FE4BD7BF8F0B62E6CE61B9D0CD", crypto.hmac_md5(long, #long, key, #key))
        is("AA4AE5E15272D00E95705637CE8A3B55ED402112", crypto.hmac_sha1(long, #long, key, #key))
        is("60E431591EE0B67F0D8A26AACBF5B77F8E0BC6213728C5140546040F0EE37F54",
            crypto.hmac_sha256(long, ("\170"):rep(131)))
        is("FBDB1D1B18AA6C08324B7D64B71FB76370690E1D", crypto.hmac_sha1("", 0, "", 0))
    "##);
}

#[test]
fn a_flowing_md5_can_be_told_at_any_time() {
    run(r##"
        local flow = crypto.flow_md5()
        is("D41D8CD98F00B204E9800998ECF8427E", flow:hexdigest())
        flow:update("a")
        flow:update("bc")
        is("900150983CD24FB0D6963F7D28E17F72", flow:hexdigest())
        is("900150983CD24FB0D6963F7D28E17F72", flow:hexdigest())
        fails("update", flow.update, flow, {})
    "##);
}

/// RFC 4648.
#[test]
fn base64_goes_both_ways() {
    run(r##"
        for plain, coded in pairs{[""] = "", f = "Zg==", fo = "Zm8=", foo = "Zm9v"} do
            is(coded, crypto.base64_encode(plain, #plain))
            is(plain, crypto.base64_decode(coded, #coded))
        end
        is("//79", crypto.base64_encode("\255\254\253"))
        is("fo", crypto.base64_decode("Zm8"))
        is("foobar", crypto.base64_decode("Zm9v\r\nYmFy\r\n"))
        is(nil, crypto.base64_decode("Zm9v*"))
        is(nil, crypto.base64_decode("Z"))
    "##);
}

/// The check values for `123456789` of the published parameter lists.
#[test]
fn checks_match_the_published_ones() {
    run(r##"
        local nine = "123456789"
        local checks = {
            IBM = 0xBB3D, MAXIM = 0x44C2, USB = 0xB4C8, MODBUS = 0x4B37, CCITT = 0x2189,
            ["CCITT-FALSE"] = 0x29B1, X25 = 0x906E, XMODEM = 0x31C3, DNP = 0xEA82,
        }
        for method, check in pairs(checks) do is(check, crypto.crc16(method, nine)) end
        is(0xBB3D, crypto.crc16("USER-DEFINED", nine, 0x8005, 0, 0, 1, 1))
        is(0xD64E, crypto.crc16("USER-DEFINED", nine, 0x1021, 0xFFFF, 0xFFFF, 0, 0))
        is(0xFEE8, crypto.crc16("USER-DEFINED", nine, 0x8005))
        is(0x4B37, crypto.crc16_modbus(nine, #nine))
        is(0xCBF43926, crypto.crc32(nine, #nine))
        is(0xF4, crypto.crc8(nine))
        is(0xA1, crypto.crc8(nine, 0x31, 0, true))
        is(0, crypto.crc32("", 0))
    "##);
}

/// NIST SP 800-38A, F.1, F.2 and F.5.
#[test]
fn aes_matches_the_published_vectors() {
    run(r##"
        local plain = bytes"6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e51"
        local key = {
            [128] = bytes"2b7e151628aed2a6abf7158809cf4f3c",
            [192] = bytes"8e73b0f7da0e6452c810f32b809079e562f8ead2522c6b7b",
            [256] = bytes"603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4",
        }
        local iv = bytes"000102030405060708090a0b0c0d0e0f"
        local counter = bytes"f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff"
        local function both(mode, size, iv, hex)
            is(bytes(hex), crypto.aes_encrypt(mode, "NONE", plain, key[size], iv))
            is(plain, crypto.aes_decrypt(mode, "NONE", bytes(hex), key[size], iv))
        end
        both("ECB", 128, nil, "3ad77bb40d7a3660a89ecaf32466ef97f5d3d58503b9699de785895a96fdbaaf")
        both("ECB", 192, nil, "bd334f1d6e45f25ff712a214571fa5cc974104846d0ad3ad7734ecb3ecee4eef")
        both("ECB", 256, nil, "f3eed1bdb5d2a03c064b5a7e3db181f8591ccb10d410ed26dc5ba74a31362870")
        both("CBC", 128, iv, "7649abac8119b246cee98e9b12e9197d5086cb9b507219ee95db113a917678b2")
        both("CBC", 256, iv, "f58c4c04d6e5f1ba779eabfb5f7bfbd69cfc4e967edb808d679f777bc6702c7d")
        both("CTR", 128, counter,
            "874d6191b620e3261bef6864990db6ce9806f66b7970fdff8617187bb9fffdff")
        both("CTR", 256, counter,
            "601ec313775789a5b7a7f504bbf3d228f443e3ca4d62b59aca84e990cacaf5c5")
    "##);
}

#[test]
fn padding_fills_the_last_block() {
    run(r##"
        local key, iv = ("k"):rep(16), ("\255"):rep(16)
        for length = 0, 33 do
            local plain = ("x"):rep(length)
            for _, padding in ipairs{"ZERO", "PKCS5", "PKCS7"} do
                for _, mode in ipairs{"ECB", "CBC", "CTR"} do
                    local coded = crypto.aes_encrypt(mode, padding, plain, key, iv)
                    is(0, #coded % 16)
                    is(plain, crypto.aes_decrypt(mode, padding, coded, key, iv))
                end
            end
        end
        is(5, #crypto.aes_encrypt("CTR", "NONE", "12345", key, iv))
        is(16, #crypto.aes_encrypt("ECB", "ZERO", ("x"):rep(16), key))
        is(32, #crypto.aes_encrypt("ECB", "PKCS7", ("x"):rep(16), key))
        for _, tail in ipairs{"\0", "\17", "\255", "\2"} do
            local coded = crypto.aes_encrypt("ECB", "NONE", ("x"):rep(15) .. tail, key)
            is(nil, crypto.aes_decrypt("ECB", "PKCS7", coded, key))
        end
        is(nil, crypto.aes_decrypt("CTR", "PKCS7", "", key, iv))
    "##);
}

#[test]
fn misuse_names_the_call_and_the_argument() {
    run(r##"
        local key = ("k"):rep(16)
        fails("#1 to `crypto.md5`", crypto.md5)
        fails("#2 to `crypto.md5`: expected a length of 0 to 3, got `4`", crypto.md5, "abc", 4)
        fails("#2 to `crypto.md5`: expected a length or `file`", crypto.md5, "abc", "dir")
        fails("#2 to `crypto.sha1`", crypto.sha1, "abc", -1)
        fails("#2 to `crypto.sha256`", crypto.sha256, "abc", 0/0)
        fails("#2 to `crypto.base64_decode`", crypto.base64_decode, "abc", 2^60)
        fails("#2 to `crypto.hmac_md5`", crypto.hmac_md5, "abc")
        fails("#3 to `crypto.hmac_md5`", crypto.hmac_md5, "abc", 3)
        fails("#2 to `crypto.hmac_md5`", crypto.hmac_md5, "abc", 4, "k", 1)
        fails("#4 to `crypto.hmac_md5`", crypto.hmac_md5, "abc", 3, "k", 2)
        fails("#1 to `crypto.crc16`: expected a method", crypto.crc16, "CRC", "abc")
        fails("#3 to `crypto.crc16`", crypto.crc16, "USER-DEFINED", "abc")
        fails("#3 to `crypto.crc16`", crypto.crc16, "USER-DEFINED", "abc", 65536)
        fails("#2 to `crypto.crc8`", crypto.crc8, "abc", -1)
        fails("#1 to `crypto.aes_encrypt`", crypto.aes_encrypt, "OFB", "NONE", "", key)
        fails("#2 to `crypto.aes_encrypt`", crypto.aes_encrypt, "ECB", "SOME", "", key)
        fails("#3 to `crypto.aes_encrypt`", crypto.aes_encrypt, "ECB", "NONE", "x", key)
        fails("#3 to `crypto.aes_decrypt`", crypto.aes_decrypt, "CBC", "PKCS7", "x", key, key)
        fails("#4 to `crypto.aes_encrypt`: expected a key of 16, 24 or 32 bytes, got 5",
            crypto.aes_encrypt, "ECB", "NONE", "", "short")
        fails("#5 to `crypto.aes_encrypt`", crypto.aes_encrypt, "CBC", "NONE", "", key)
        fails("#5 to `crypto.aes_decrypt`", crypto.aes_decrypt, "CTR", "NONE", "", key, "short")
    "##);
}
