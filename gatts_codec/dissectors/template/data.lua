-- @generated
--
-- Nordic SoftDevice GATT server packets over serial, for Wireshark: H5 frames without SLIP in captures of link type
-- DLT_USER0 (147), with the direction in the packet flags: outbound is host to chip. Choose the dialect in
-- Preferences, Protocols, GATTS, or with tshark -o gatts.dialect:sd_api_v7.
--
-- The packet layouts below are data; the functions behind them read any layout, one function a block. They decode as
-- the firmware does; what a strict decoder refuses, and what no decoder takes, comes as expert information in the
-- words of gatts-codec.

-- Installed, and named on the command line as well: Wireshark takes no protocol twice.
-- Each file has globals of its own, so what is loaded is noted where all can see it.
if package.loaded["gatts-codec"] then return end
package.loaded["gatts-codec"] = true

local h5 = Proto("nrfh5", "Nordic H5")
local gatts = Proto("gatts", "SoftDevice GATT server")

local UNKNOWN, SENT, RECEIVED = -1, 0, 1 -- pinfo.p2p_dir, seen from the host

-- R: records and other tables, each once however many packets share it. D: dialects.
local R, D = {}, {}

@layouts

-- Fields, by the packet's group, path within the packet, and kind.
local F = {}

@fields

-- What to do about results: in general, and as answers to one command.
local HINTS = @hints
