en|-- The serial side: packs what comes in, and keeps the packs until the server has them.
zh|-- 串口一侧：把收到的数据打包，保存到服务器确认收到为止。

module(..., package.seeall)

en|-- The port and how it talks; change both to what your machine speaks.
zh|-- 串口号和波特率，请改成你的设备所用的。
local UART, BAUD = 1, 115200
en|-- A pack is finished when it has so many bytes, or so many ms after its first byte.
zh|-- 一包满这么多字节就结束，或者在第一个字节之后这么多毫秒结束。
local PACK_BYTES, PACK_MS = 1024, 500
en|-- How many packs are kept while there is no connection: a module's memory is scarce.
zh|-- 没有连接时最多保存多少包：模块的内存很有限。
local PACKS_MAX = 64

en|-- The packs, oldest first; the one that is being filled; and how many bytes found no room.
zh|-- 已打好的包，最早的在前；正在装的一包；以及没有地方保存而丢弃的字节数。
local packs, filling, thrown = {}, "", 0

local function finish()
    sys.timerStop(finish)
    if filling == "" then return end
    packs[#packs + 1], filling = filling, ""
    server.wake()
end

en|-- The callback comes only when the port's buffer was empty before, so this reads until it is empty.
zh|-- 只有串口缓冲区从空变为非空时才会回调，所以这里要一直读到空。
local function take()
    while true do
        local full = #packs >= PACKS_MAX
        local data = uart.read(UART, full and 1024 or PACK_BYTES - #filling)
        if data == "" then return end
        if full then
en|            -- A program that loses something should say how much.
zh|            -- 程序丢了数据，就应该说清楚丢了多少。
            thrown = thrown + #data
            log.warn("thrown away so far", thrown)
        else
            if filling == "" then sys.timerStart(finish, PACK_MS) end
            filling = filling .. data
            if #filling == PACK_BYTES then finish() end
        end
    end
end

en|-- The oldest pack, or nil. It stays until `done` says that the server has it.
zh|-- 最早的一包，没有则为 nil。调用 `done` 之前一直保留。
function first() return packs[1] end

function done() table.remove(packs, 1) end

function write(data) uart.write(UART, data) end

uart.on(UART, "receive", take)
uart.setup(UART, BAUD, 8, uart.PAR_NONE, uart.STOP_1)
