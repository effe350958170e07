-- `socketssl`: generation A's callback sockets over TLS. `chksvrcrt` is whether the server is verified;
-- `crtconfig` names the files, see `linkssl`.

local here = ...
local linkssl = here.library("linkssl")

-- Luat: one number more is taken than events are looked up for.
local socketssl, connect, create =
    here.library("~sockets")({ name = "socketssl", link = linkssl, lines = "ssl", most = 10, taken = 11 })

socketssl.SCK_MAX_CNT = 10

function socketssl.connect(idx, prot, addr, port, rsp, rcv, chksvrcrt, crtconfig, cause)
    return connect(idx, prot, addr, port, rsp, rcv, cause, chksvrcrt, crtconfig)
end

function socketssl.create(idx, prot, addr, port, rsp, rcv, chksvrcrt, crtconfig, cause)
    return create(idx, prot, addr, port, rsp, rcv, cause, chksvrcrt, crtconfig)
end

return socketssl
