-- The main script alone, on the bare core: ports tell in numbers, not in a table.
uart.setup(1, 9600, 8, uart.PAR_NONE, uart.STOP_1, 0, 1)
world("serial", 1, "abc")
local function next_of(wanted)
    local got
    repeat got = { rtos.receive(1000) } until got[1] == wanted or got[1] == rtos.WAIT_MSG_TIMEOUT
    return got
end
local got = next_of(rtos.MSG_UART_RXDATA)
assert(#got == 3 and got[2] == 1 and got[3] == 3)
-- A script that outruns the wire is held until most is out: two writes of 100 ms each.
local began = now()
for _ = 1, 2 do uart.write(1, ("x"):rep(10000)) end
world("serial", 1, "d")
assert(uart.read(1, 9) == "abc")
got = next_of(rtos.MSG_UART_TX_DONE)
assert(#got == 2 and got[2] == 1)
assert(now() - began == 100, now() - began)
done()
