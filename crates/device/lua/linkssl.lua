-- `linkssl`: lines of generation A over TLS: eight of their own, beside those of `link`.
--
-- What is put in with `inputcrt` is kept by kind and file name until the last line is closed; other
-- files are read from the project.

local here = ...
local host, core, io = here.host, here.core.socketcore, here.library("utils") and here.core.io
local link, links, sys = here.library("link"), here.library("~links"), here.library("sys")
local concat, error, next, sub, type = table.concat, error, next, string.sub, type
local pairs, setmetatable = pairs, setmetatable

local TLS = 2 -- the core's number for it
local FOLDER = "/ldata/"

local Ssl = setmetatable({
    name = "linkssl", message = "USER_SOCKETSSL_CONNECT",
    commands = { send = "AT+SSLSEND", close = "AT+SSLDESTROY" },
}, { __index = links.Plain })
Ssl.__index = Ssl

-- The lines, by id: in the device's `link` state, for they want an address as those of `link` do.
function Ssl.all()
    local state = here.dev.link
    if not state.ssl then state.ssl = {} end
    return state.ssl
end

-- Certificates -----------------------------------------------------------------------------------

local KINDS = { cacrt = true, localcrt = true, localprivatekey = true }

-- `inputs` holds PEM by kind and file name.
function here.init.linkssl()
    return {}
end

local function path_of(name)
    return sub(name, 1, 1) == "/" and name or FOLDER .. name
end

-- What was put in under this name, else what the file of this name holds.
local function read(kind, field, name)
    if type(name) ~= "string" then
        error("crtconfig." .. field .. " must be a file name, got " .. type(name), 0)
    end
    local inputs = here.dev.linkssl[kind]
    return inputs and inputs[name] or io.readFile(path_of(name))
end

local function own(kind, field, name)
    if name == nil then return nil end
    local pem = read(kind, field, name)
    if not pem then host.notice("certificate missing", here.where(), field, path_of(name)) end
    return pem
end

-- Luat: to verify without a certificate to do it by is to fail.
local function trusted(names)
    names = names or {}
    if type(names) ~= "table" then
        error("crtconfig.verifysvrcerts must be a list of file names, got " .. type(names), 0)
    end
    local found, missing = {}, {}
    for i = 1, #names do
        local pem = read("cacrt", "verifysvrcerts", names[i])
        if pem then found[#found + 1] = pem else missing[#missing + 1] = path_of(names[i]) end
    end
    if missing[1] or not found[1] then
        host.notice("no authority", here.where(), concat(missing, ", "))
    end
    return concat(found, "\n")
end

-- What the core is given for TLS.
local function certificates(addr, check, crt)
    if crt ~= nil and type(crt) ~= "table" then
        error("crtconfig must be a table, got " .. type(crt), 0)
    end
    crt = crt or {}
    return {
        hostName = type(addr) == "string" and addr or nil,
        caCert = check and trusted(crt.verifysvrcerts) or nil,
        clientCert = own("localcrt", "clientcert", crt.clientcert),
        clientKey = own("localprivatekey", "clientkey", crt.clientkey),
        clientPassword = crt.clientcertpswd,
    }
end

-- What is different ------------------------------------------------------------------------------

function Ssl.where(prot, addr, port, check, crt)
    return { prot, addr, port, certificates(addr, check, crt) }
end

function Ssl.dial(where, port)
    return core.sock_conn(TLS, where[2], port, where[4])
end

-- There is no watchdog for the connect.
function Ssl.on_started() end
function Ssl.on_told() end

-- Luat: a failed send ends the line's use until it is connected or closed anew.
function Ssl:on_send_failed()
    if self.state == "CONNECTED" then self.state = "ERROR" end
end

-- Luat: with the last line TLS is ended, and what was put in is forgotten.
function Ssl.on_freed(all)
    if next(all) then return end
    local inputs = here.dev.linkssl
    for kind in pairs(KINDS) do inputs[kind] = nil end
end

-- Luat: a connect that waits for an address and is given up is never answered. A close is: without
-- that nothing could be done about the line.
function Ssl:give_up()
    if self.state == "CLOSING" then return links.Plain.give_up(self) end
    host.notice("disconnect unanswered", here.where())
end

-- The network, as `link` tells of it -------------------------------------------------------------

local told = {}

function told.IP_STATUS_IND(ready)
    if ready then links.start_pended(Ssl.all()) end
    return true
end

function told.IP_SHUTING_IND(shuting)
    local all = Ssl.all()
    for id = 0, shuting and -1 or links.LAST do
        if all[id] then links.break_off(all[id]) end
    end
    return true
end

-- Luat: an app like others: one of the script that does not return true keeps the news from it.
function here.start.linkssl()
    link.regipstatusind()
    sys.regapp(told)
end

-- What scripts call ------------------------------------------------------------------------------

local linkssl = here.library("~calls")(Ssl)

-- `kind` is `cacrt`, `localcrt` or `localprivatekey`; without `data` the file is read.
function linkssl.inputcrt(kind, file, data)
    if not KINDS[kind] then
        error("linkssl.inputcrt: `" .. here.text(kind) .. "` is not `cacrt`, `localcrt` or `localprivatekey`", 2)
    elseif type(file) ~= "string" then
        error("linkssl.inputcrt: the file must be a name, got " .. type(file), 2)
    end
    data = data or own(kind, kind, file)
    local inputs = here.dev.linkssl
    inputs[kind] = inputs[kind] or {}
    inputs[kind][file] = data
end

return linkssl
