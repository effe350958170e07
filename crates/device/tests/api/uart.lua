-- Serial ports: the core's table, and what both generations build on it.
assert(package.loaded.uart == uart and require("uart") == uart)
assert(uart.setup(1, 115200, 8, uart.PAR_NONE, uart.STOP_1) == 115200)
assert(uart.setup(2, "9600", 7, uart.PAR_EVEN, uart.STOP_2, nil, 1) == 9600)
assert(uart.setup(3, 4800, 8, uart.PAR_ODD, uart.STOP_1, 1, 0, 1) == 4800)
assert(uart.setup(0x81, 921600, 8, uart.PAR_NONE, uart.STOP_1, 0, 0) == 921600)
expects("uart 1 opened 115200 8None1")
expects("uart 2 opened 9600 7Even2")
expects("uart 3 opened 4800 8Odd1 flow")
expects("uart 129 opened 921600 8None1")

-- What cannot be is told with the call and the place.
local function refused(words, f, ...)
    local ok, err = pcall(f, ...)
    assert(not ok and err:find(words, 1, true), err)
end
refused("expected 1, 2, 3, 0x81 (USB) or uart.ATC, got 4", uart.setup, 4, 115200, 8, 2, 1)
refused("bad argument #2 to `uart.setup`", uart.setup, 1, 0, 8, uart.PAR_NONE, uart.STOP_1)
refused("bad argument #3", uart.setup, 1, 9600, 9, uart.PAR_NONE, uart.STOP_1)
refused("uart.PAR_NONE, uart.PAR_EVEN or uart.PAR_ODD", uart.setup, 1, 9600, 8, 7, uart.STOP_1)
refused("uart.STOP_1 or uart.STOP_2", uart.setup, 1, 9600, 8, uart.PAR_NONE, 3)
refused("bad argument #5", uart.setup, 1, 9600, 8, uart.PAR_NONE)
for _, number in ipairs({ 0, -1, 1.5, 130, 256, 0 / 0, "one" }) do
    assert(not pcall(uart.read, number, "*l") and not pcall(uart.write, number, "x"))
end
refused("\"*l\", \"*n\", \"*s\" or a number of bytes", uart.read, 1, "*a")
refused("bad argument #2 to `uart.read`", uart.read, 1)
refused("bad argument #3 to `uart.write`", uart.write, 1, "a", 256)
refused("a text, or 0 to 255", uart.write, 1, {})
refused("a text, or 0 to 255", uart.write, 1, -1)

-- Texts and numbers are written in one piece.
assert(uart.write(1, "ab", 0, 255, "c\r\n") == 7 and uart.write(1) == 0 and uart.write(1, "") == 0)
expects([[uart 1 got ab\x00\xffc\r\n]])
expects_none("uart 1 got \n")

-- The AT port has nothing behind it.
assert(uart.setup(uart.ATC, 0, 0, uart.PAR_NONE, uart.STOP_1) == 0)
assert(uart.read(uart.ATC, "*l", 0) == "" and uart.getchar(uart.ATC) == "")
assert(uart.write(uart.ATC, "AT+CSQ\r\n") == 0)
uart.clear(uart.ATC, uart.RECV_BUF)
uart.close(uart.ATC)
expects('notice NoAtPort ["AT+CSQ"]')

-- Nobody hears what is written to a closed port; a notice says so, once.
uart.close(0x81)
expects("uart 129 closed")
assert(uart.write(0x81, "x") == 0 and uart.write(0x81, "y") == 0 and uart.read(0x81, 9) == "")
expects('notice UartNotSetUp ["129"]')
expects_none("uart 129 got")
uart.set_rs485_oe(1, pio.P0_1)

assert(uart.read(1, "*l", 0) == "" and uart.read(1, 10) == "" and uart.read(1, "*s") == "")
assert(uart.read(1, "*n") == 0 and uart.getchar(1) == "" and uart.read(1, 0) == "")
world("serial", 1, "one\r\ntwo words 42x")
sys.taskInit(function()
    -- The message names the port and how much waits; it comes again only when all was read.
    local heard = {}
    uart.on(1, "receive", function(id, len) heard[#heard + 1] = id .. ":" .. len end)
    sys.wait(10)
    world("serial", 1, "!")
    sys.wait(10)
    assert(table.concat(heard, " ") == "1:18", table.concat(heard, " "))
    assert(uart.read(1, "*l", 0) == "one\r\n")
    assert(uart.read(1, "*s") == "two" and uart.read(1, "5") == "words")
    assert(uart.read(1, "*n") == 42 and uart.read(1, "*n") == 0)
    assert(uart.getchar(1) == "x" and uart.read(1, -1) == "" and uart.read(1, 100, "ignored") == "!")
    world("serial", 1, "again")
    sys.wait(10)
    assert(heard[2] == "1:5" and #heard == 2)
    uart.clear(1, uart.RECV_BUF)
    assert(uart.read(1, "*l") == "")

    -- One place a port and event: the last call has it, and nil empties it.
    sys.reguart(1, function(id, len) heard[#heard + 1] = "reguart " .. id .. ":" .. len end)
    world("serial", 1, "\0\255")
    sys.wait(10)
    assert(heard[3] == "reguart 1:2" and #heard == 3 and uart.read(1, "*l") == "\0\255")
    world("serial", 1, "unheard")
    sys.wait(10)
    sys.reguart(1, function() heard[#heard + 1] = "late" end, true)
    assert(#heard == 4 and uart.read(1, "*l") == "", "the third argument clears")
    uart.on(1, "receive", nil)
    world("serial", 1, "x")
    world("serial", 3, "polled")
    sys.wait(10)
    assert(#heard == 4 and uart.read(1, 1) == "x" and uart.read(3, "*l") == "polled")

    -- That all is out is told where it was asked for.
    local sent = {}
    uart.on(2, "sent", function(...) sent[#sent + 1] = select("#", ...) .. ":" .. ... end)
    uart.on(1, "sent", function() sent[#sent + 1] = "1" end)
    local began = now()
    uart.write(2, "first")
    uart.write(2, "second")
    uart.write(1, "quiet")
    sys.wait(150)
    assert(table.concat(sent, " ") == "1:2", table.concat(sent, " "))
    sys.reguartx(2, function(id) sent[#sent + 1] = "reguartx " .. id .. " " .. now() - began end)
    began = now()
    uart.write(2, "third")
    sys.wait(150)
    assert(sent[2] == "reguartx 2 100", sent[2])

    -- A handler for the core's own message takes the place of all.
    rtos.on(rtos.MSG_UART_RXDATA, function(...) heard[#heard + 1] = "own " .. table.concat({ ... }, ",") end)
    uart.on(1, "receive", function() heard[#heard + 1] = "never" end)
    world("serial", 1, "abc")
    sys.wait(10)
    assert(heard[5] == "own 1,3" and #heard == 5 and uart.read(1, 9) == "abc")
    rtos.on(rtos.MSG_UART_RXDATA, nil)

    uart.on(1, "recieve", print)
    expects("[W]-[uart.on]\tno such event\trecieve")

    -- Lines of the log on a port, with a line end.
    log.openTrace(true, 3, 19200)
    expects("uart 3 opened 19200 8None1")
    log.info("on the port", 1)
    expects([[uart 3 got [I]-[on the port]\t1\r\n]])
    log.openTrace(false, 3)
    print("off again")
    expects_none("uart 3 got off again")
    sys.opntrace(1, 2)
    expects("uart 2 opened 115200 8None1")
    print("generation A")
    expects([[uart 2 got generation A\r\n]])
    log.openTrace(true)
    print("no port")
    expects_none("uart 2 got no port")
    sys.opntrace(nil, 2)

    -- What finds no room is counted.
    world("serial", 1, ("x"):rep(20000))
    sys.wait(10)
    expects("uart 1 lost 3616")
    assert(#uart.read(1, 1e9) == 16384)
    done()
end)
