en|-- The server's side: one task that holds the connection, sends packs and receives.
en|--
en|-- A pack is given up only when `send` was true. When a connection ends while a pack is under way, nobody
en|-- on this side can know how much of it has arrived, so it is sent again: no byte is lost, but up to one
en|-- pack may arrive twice. A server that cannot live with that needs numbers inside the data.
zh|-- 服务器一侧：一个任务负责连接、发送和接收。
zh|--
zh|-- 只有 `send` 返回 true 才认为这一包已送达。如果发送途中连接断开，这一侧无法知道服务器收到了多少，所以整包
zh|-- 重发：不会丢数据，但最多可能重复一包。服务器若不能接受重复，就要在数据里加序号。

module(..., package.seeall)

require "socket"

en|-- The server: this machine, for a first try. Put yours here before you flash a module; a name works too.
zh|-- 服务器：先用本机试验。烧录模块之前请改成你自己的服务器，也可以写域名。
local ADDRESS, PORT = "127.0.0.1", 9999
en|-- Milliseconds without traffic after which a heartbeat is sent, so that nobody on the way drops the line.
en|-- The server gets it between the packs; set it to nil if yours cannot have that.
zh|-- 多少毫秒没有收发就发一次心跳，防止连接被中途断开。服务器会在数据之间收到它；不需要就改成 nil。
local QUIET, HEARTBEAT = 60000, "heartbeat\r\n"
en|-- Milliseconds from a lost connection to the next try; doubles with each failure up to the maximum.
zh|-- 断开后多少毫秒重连，每失败一次加倍，直到最大值。
local PAUSE, PAUSE_MAX = 2000, 60000
en|-- Milliseconds to wait for the network before the module is restarted.
zh|-- 等待网络就绪的毫秒数，超时后重启模块。
local NETWORK_GUARD = 300000

en|-- Whether the task waits in `recv`, where a message wakes it.
zh|-- 任务是否正在 `recv` 中等待；此时可以用消息唤醒。
local is_idle = false

en|-- There is a pack. A message that is published while the task is elsewhere is lost, so it is only a sign;
en|-- the pack itself stays in its table.
zh|-- 有新的包。任务不在 `recv` 中时发布的消息会丢失，所以消息只是一个通知，数据本身保存在表里。
function wake()
    if is_idle then sys.publish("PACK_READY") end
end

en|-- Sends until there is no pack left; false when the connection is over.
zh|-- 把所有的包发完；连接断开时返回 false。
local function send_packs(client)
    while serial.first() do
        if not client:send(serial.first()) then return false end
        serial.done()
    end
    return true
end

en|-- Carries bytes both ways until the connection is over: whether it has been good for anything.
zh|-- 双向传输，直到连接断开：返回这次连接是否有用。
local function carry(client)
    local is_good = false
    while send_packs(client) do
        is_idle = true
        local ok, what = client:recv(QUIET, "PACK_READY")
        is_idle = false
        if ok then
            serial.write(what)
        elseif what == "timeout" then
            if HEARTBEAT and not client:send(HEARTBEAT) then return is_good end
        elseif what ~= "PACK_READY" then
            return is_good
        end
        is_good = true
    end
    return is_good
end

sys.taskInit(function()
    local pause = PAUSE
    while true do
        if not socket.isReady() and not sys.waitUntil("IP_READY_IND", NETWORK_GUARD) then
            sys.restart("no network")
        end
        local client = socket.tcp()
        if client:connect(ADDRESS, PORT) and carry(client) then pause = PAUSE end
en|        -- What came while a pack was under way is not lost.
zh|        -- 发送途中收到的数据也要写出。
        local rest = client:asyncRecv()
        if rest ~= "" then serial.write(rest) end
en|        -- Close in any case, also what never stood: the number of connections is limited.
zh|        -- 不论成败都要关闭，没连上的也一样：连接数量有限。
        client:close()
        log.info("no connection", "next try in ms", pause)
        sys.wait(pause)
        pause = math.min(pause * 2, PAUSE_MAX)
    end
end)
