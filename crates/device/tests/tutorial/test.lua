-- A long connection in the manner of generation A: a heartbeat every 10 s, a report every 20 s, and
-- a way back from every loss: three tries 5 s apart, three such rounds 20 s apart, then a restart.
module(...,package.seeall)
require"socket"

local function print(...)
    _G.print("test",...)
end

local SCK_IDX,PROT,ADDR,PORT = 1,"TCP","server",9999
local RECONN_MAX_CNT,RECONN_PERIOD,RECONN_CYCLE_MAX_CNT,RECONN_CYCLE_PERIOD = 3,5,3,20
local linksta
local reconncnt,reconncyclecnt,conning = 0,0

local function sndcb(item,result)
    print("sndcb",item.para,result)
    if not item.para then return end
    if item.para=="LOCRPT" then
        locrptcb(item,result)
    elseif item.para=="HEARTRPT" then
        heartrptcb(item,result)
    end
end

local function reconn()
    print("reconn",reconncnt,conning,reconncyclecnt)
    if conning then return end
    if reconncnt < RECONN_MAX_CNT then
        reconncnt = reconncnt+1
        link.shut()
        connect()
    else
        reconncnt,reconncyclecnt = 0,reconncyclecnt+1
        if reconncyclecnt >= RECONN_CYCLE_MAX_CNT then
            sys.restart("connect fail")
        end
        sys.timer_start(reconn,RECONN_CYCLE_PERIOD*1000)
    end
end

local function lost()
    linksta = false
    sys.timer_stop(heartrpt)
    sys.timer_stop(locrpt)
    reconn()
end

function connect()
    socket.connect(SCK_IDX,PROT,ADDR,PORT,ntfy,rcv)
    conning = true
end

function ntfy(idx,evt,result,item)
    print("ntfy",evt,result,item)
    if evt == "CONNECT" then
        conning = false
        if result then
            reconncnt,reconncyclecnt,linksta = 0,0,true
            sys.timer_stop(reconn)
            heartrpt()
            locrpt()
        else
            sys.timer_start(reconn,RECONN_PERIOD*1000)
        end
    elseif evt == "SEND" then
        if item then sndcb(item,result) end
        if not result then link.shut() end
    elseif evt == "STATE" and (result == "CLOSED" or result == "SHUTED") then
        lost()
    elseif evt == "DISCONNECT" then
        lost()
    end
    if string.match((type(result)=="string") and result or "","ERROR") then
        link.shut()
    end
end

function rcv(idx,data)
    print("rcv",data)
end

function snd(data,para)
    return socket.send(SCK_IDX,data,para)
end

function locrpt()
    if linksta then snd("loc data\r\n","LOCRPT") end
end

function locrptcb(item,result)
    if linksta then sys.timer_start(locrpt,20000) end
end

function heartrpt()
    if linksta then snd("heart data\r\n","HEARTRPT") end
end

function heartrptcb(item,result)
    if linksta then sys.timer_start(heartrpt,10000) end
end

sys.timer_start(connect,2000)
