# The public names, each with its home. Type checkers read them here; so does the package, which loads them late.

from gatts_codec.plans.advertise import Advertise as Advertise
from gatts_codec.plans.advertise import StopAdvertising as StopAdvertising
from gatts_codec.plans.connect import ConnectTo as ConnectTo
from gatts_codec.plans.plan import Plan as Plan
from gatts_codec.plans.plan import Steps as Steps
from gatts_codec.plans.scan import ResumeScanning as ResumeScanning
from gatts_codec.plans.scan import Scan as Scan
from gatts_codec.plans.scan import StopScanning as StopScanning
from gatts_codec.plans.start import Start as Start
