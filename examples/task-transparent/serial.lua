-- The serial side: packs what comes in, and keeps the packs until the server has them.
-- 串口一侧：把收到的数据打包，保存到服务器确认收到为止。

module(..., package.seeall)

-- The port and how it talks; change both to what your machine speaks.
-- 串口号和波特率，请改成你的设备所用的。
local UART, BAUD = 1, 115200
-- A pack is finished when it has so many bytes, or so long after its first byte (in ms).
-- 一包满这么多字节就结束，或者在第一个字节之后这么久（毫秒）结束。
local PACK_BYTES, PACK_MS = 1024, 1000
-- How many packs are kept while there is no connection: 64 KB of a module's scarce memory.
-- 没有连接时最多保存多少包：64 KB，模块的内存很有限。
local PACKS_MAX = 64

-- The packs, oldest first, and the one that is being filled.
-- 已打好的包，最早的在前；以及正在装的这一包。
local packs, filling = {}, ""
-- Bytes that found no room. A program that loses something should say how much.
-- 没有地方保存而丢弃的字节数。程序丢了数据，就应该说清楚丢了多少。
local thrown = 0

local function finish()
    if filling == "" then return end
    packs[#packs + 1], filling = filling, ""
    server.wake()
end

-- With a connection, what finds no room stays in the port's own buffer until a pack is gone: then
-- the other side waits, if it can. Without one the port would overflow and nobody could say by how
-- much, so the bytes are read, thrown away and counted.
-- 有连接时，放不下的数据先留在串口自己的缓冲区，等发走一包再读；对方若支持流控就会等待。
-- 没有连接时，留在那里迟早会溢出，而且不知道丢了多少，所以读出来丢弃并计数。
function take()
    while true do
        local full = #packs >= PACKS_MAX
        if full and server.online() then return end
        local data = uart.read(UART, PACK_BYTES - #filling)
        if data == "" then return end
        if full then
            thrown = thrown + #data
        else
            if filling == "" then sys.timerStart(finish, PACK_MS) end
            filling = filling .. data
            if #filling == PACK_BYTES then finish() end
        end
    end
end

-- The oldest pack, or nil. It stays until `done` says that the server has it.
-- 最早的一包，没有则为 nil。调用 `done` 之前一直保留。
function first() return packs[1] end

function done()
    table.remove(packs, 1)
    take()
end

function thrown_away() return thrown end

function write(data) uart.write(UART, data) end

-- The callback comes only when the port's buffer was empty before, so `take` must empty it, or be
-- called again by somebody: here by `done`.
-- 只有串口缓冲区从空变为非空时才会回调，所以 `take` 要么读空，要么以后再被调用（这里由 `done` 调用）。
uart.on(UART, "receive", take)
uart.setup(UART, BAUD, 8, uart.PAR_NONE, uart.STOP_1)
