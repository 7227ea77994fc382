# SPDX-License-Identifier: GPL-2.0
"""The soak's model: what events do to a system with an_failover.

It knows nothing of how the module works, only what Documentation/usage.rst
promises: which events are possible, what they lead to, and what they may cost.
"""

import copy
import dataclasses

MTUS = ("1400", "1500", "1800", "3000")
MTU_XDP = 2000		# hv_netvsc runs XDP with less than a page per frame
LOCKED = ("mlx5_core", "mana")	# stock hv_netvsc (seen on 7.2) hangs if these change namespace

# What a step may cost: frames of a flow, out and in; None: any number.
NOTHING = (0, 0)
FEW = (10, 10)		# what is in rings and queues when the path changes
SOME = (40, 40)		# what is sent before the other end is ready
MANY = (2000, 2000)	# what is sent to a VF that is dead, until it is taken
ANY = (None, None)

# In a row, without waiting for what follows, the outcome has to be one. A VF that
# comes is opened later, a carrier noticed later, a namespace followed later. And
# an unbound hv_netvsc leaves the host's path with its VF, until that is opened.
OPENED_LATER = {"give", "vf_bind", "load", "rebind", "rescind", "syn_up", "mac",
                "carrier_on"}
NOT_BEFORE_OPEN = {"vf_down", "vf_up", "vf_rename", "carrier_off", "carrier_on"}
# hv_netvsc opens its VF later, too, and waits for ever for the host if that has taken it
# back by then, and not given it just before.
TAKEN_BACK = {"take", "kill_take"}
LAST = {"ns_out", "ns_back", "vf_moved", "vf_reload", "rebind", "netvsc_reload"}

EVENTS = {}


def may_follow(before, name, nics=()):
    """Can an event come right behind those, which led to these NICs?"""
    before = set(before)
    drivers = any(nic.owner == "driver" for nic in nics)
    return not (before & LAST or
                (before & OPENED_LATER and name in NOT_BEFORE_OPEN) or
                (before & OPENED_LATER - {"give"} and name in TAKEN_BACK and drivers))


@dataclasses.dataclass
class Event:
    """What can happen to a NIC or, if whole, to the system.

    do changes its first argument, or says that this is impossible; cost is what
    it costs where the data path moves, drivers with a VF of hv_netvsc's, always what
    it costs elsewhere.
    """

    do: callable
    weight: int
    cost: tuple
    drivers: tuple
    always: tuple
    args: tuple
    whole: bool
    facts: tuple


def event(weight=2, cost=FEW, drivers=None, always=NOTHING, args=("",), whole=False,
          facts=()):
    """Make a function an event; facts as in lib-soak.sh."""
    def note(do):
        EVENTS[do.__name__] = Event(do, weight, cost, drivers or cost, always, args,
                                    whole, facts)
        return do
    return note


@dataclasses.dataclass
class Nic:
    """A synthetic device, its VF, and where the host sends."""

    up: bool = True
    out: bool = False		# in the other namespace
    mtu: str = "1500"
    mac: int = 0		# 0: the permanent one
    vlan: bool = False
    xdp: bool = False
    promisc: bool = False
    allmulti: bool = False
    group: bool = False
    vf: str = "absent"		# absent, unbound, bound
    owner: str = ""		# of a bound one: driver, self, nobody
    vf_up: bool = False
    carrier: bool = True
    host: str = "synthetic"	# the host's data path
    lists: bool = True		# hv_netvsc took no VF's addresses to its grave
    stuck: bool = False		# the VF has modes that hv_netvsc did not take back,
    left: bool = False		# or the group
    given: bool = False		# the VF was given another address than its own

    def owned(self):
        """The VF is below the synthetic device."""
        return self.owner in ("driver", "self")

    def active(self):
        """The VF carries what is sent."""
        return self.owned() and self.up and self.vf_up and self.carrier

    def paths(self):
        """The path of frames out and in; None where none get through."""
        if not self.up:
            return None, None
        out = "vf" if self.active() else "synthetic"
        return out, self.host if self.host == "synthetic" or self.active() else None

    def link(self):
        """The VF's link changed: hv_netvsc moves the host's path when it sees that.

        It does so for a VF that is up; one of this module's it sees only with
        carrier. Losing the carrier moves nothing.
        """
        if not self.owned() or not self.vf_up:
            self.host = "synthetic"
        elif self.owner == "driver" or self.carrier:
            self.host = "vf"

    def taken(self, owner):
        """Somebody has the VF, and opens it if the NIC is up."""
        self.owner, self.vf_up, self.host = owner, self.up, "synthetic"
        self.given |= self.mac != 0
        self.link()

    def arrive(self, claim):
        """The VF registers, in whatever namespace."""
        self.bereft(claim)
        self.left = False
        self.vf = "bound"
        self.taken("self" if claim == "self" else "driver")

    def leave(self, claim, vf="absent"):
        """The VF unregisters; the next one has a carrier."""
        self.bereft(claim)
        self.stuck = self.given = False
        self.vf, self.owner, self.vf_up, self.carrier = vf, "", False, True
        self.link()

    def bereft(self, claim):
        """hv_netvsc does not take back what it gave a VF, the next goes without.

        The module takes back the addresses, whoever gave them.
        """
        if self.owner == "driver" and self.group and not claim:
            self.lists = False
        if self.owner == "driver" and (self.promisc or self.allmulti):
            self.stuck = True

    def set_up(self, up):
        """An administrator sets the synthetic device up or down, the VF follows."""
        self.up, self.vf_up = up, up and self.owned()
        self.link()

    def anew(self, claim):
        """The synthetic device goes, and comes back with nothing but its VF."""
        left = self.left or (self.owner == "driver" and self.group)
        self.bereft(claim)
        self.__init__(vf=self.vf, carrier=self.carrier, stuck=self.stuck,
                      given=self.given)
        if self.vf == "bound":
            self.arrive(claim)
            self.left = left


@dataclasses.dataclass
class System:
    """All NICs, and the claim of the module, if that is loaded."""

    nics: list
    claim: str = ""
    family: str = "mlx5_core"
    kernel: str = ""

    def address_known(self, nic):
        """hv_netvsc alone does not give a VF that comes the NIC's address.

        And that may have been another one when the VF was given it.
        """
        return bool(self.claim) or (nic.mac == 0 and not nic.given)

    def replaceable(self, nic):
        """hv_netvsc alone does not let go of an XDP program.

        Nor does it move the host's path away from the VF. If that has no carrier
        and is this module's then, nobody does.
        """
        stuck = (nic.owned() and nic.host == "vf" and not nic.carrier and
                 self.claim == "self")
        return (not nic.out and not nic.xdp and self.address_known(nic) and
                not stuck)

    def can_come(self, nic):
        """A VF may register."""
        return self.address_known(nic) and not (nic.out and self.family in LOCKED)

    def after(self, name, n, arg):
        """What comes of an event, None if it is impossible."""
        new = dataclasses.replace(self, nics=[copy.copy(nic) for nic in self.nics])
        what = new if EVENTS[name].whole else new.nics[n]
        args = () if EVENTS[name].whole else (new,)
        return None if EVENTS[name].do(what, *args, arg) is False else new

    def facts(self, nic):
        """What else; modes and addresses of a driver's VF are its business."""
        facts = []
        if not nic.out:
            if nic.vlan and nic.paths()[1]:
                facts.append("vlan")
            if nic.active():
                facts.append("xdp" if nic.xdp else "noxdp")
            if self.claim and nic.owned():
                facts.append("slave")
            if self.claim and nic.owner == "self":
                for name in ("promisc", "allmulti"):
                    if getattr(nic, name):
                        facts.append(name)
                    elif not nic.stuck:
                        facts.append(f"no{name}")
                if nic.up and nic.lists:	# not handed on before
                    if nic.group:
                        facts.append("group")
                    elif not nic.left:
                        facts.append("nogroup")
        return facts


def want(trail, n, did):
    """What has to be seen of NIC n after the last of these systems, for the shell.

    See want in lib-soak.sh. did are the events that led from one to the next.
    """
    nic, nics = trail[-1].nics[n], [system.nics[n] for system in trail]
    words = ["-", "-"]
    if trail[-1].claim:
        words = ["synthetic" if not nic.owned() else
                 "active" if nic.active() else "joined",
                 nic.owner if nic.owned() else "none"]
    words += [nic.host] + [path or "-" for path in nic.paths()]
    facts = [f for e in did for f in e.facts] + trail[-1].facts(nic)
    closed = "counts" in facts and any(one.host == "synthetic" for one in nics)
    seen = [(one.paths(), one.host) for one in nics]
    moved = any(one != seen[0] for one in seen)
    drivers = any(one.owner == "driver" for one in nics)
    for way in (0, 1):
        cost = [(e.always if not moved else e.drivers if drivers else e.cost)[way]
                for e in did]
        if None in cost or (closed and way == 1) or any(
                one.out or not one.paths()[way] for one in nics):
            words.append("-")
        else:
            words.append(str(sum(cost)))
    return " ".join(words + facts)


# --- events: False means impossible --------------------------------------------

@event()
def calm(_nic, _system, _arg):
    """Nothing: traffic and counters."""


@event(weight=12, cost=SOME)
def give(nic, system, _arg):
    """The host gives a VF."""
    if nic.vf != "absent" or not system.can_come(nic):
        return False
    return nic.arrive(system.claim)


@event(weight=4)
def take(nic, system, _arg):
    """The host revokes it, in order."""
    return nic.leave(system.claim) if nic.vf != "absent" else False


@event()
def unplug(nic, system, arg):
    """It goes without a word."""
    return take(nic, system, arg)


@event(cost=MANY)
def kill_take(nic, system, _arg):
    """It is dead before it is revoked."""
    return nic.leave(system.claim) if nic.vf == "bound" else False


@event(cost=MANY)
def kill_unplug(nic, system, arg):
    """It is dead before it goes."""
    return kill_take(nic, system, arg)


@event()
def vf_unbind(nic, system, _arg):
    """Its driver is unbound."""
    return nic.leave(system.claim, "unbound") if nic.vf == "bound" else False


@event(weight=8, cost=SOME)
def vf_bind(nic, system, _arg):
    """And bound."""
    if nic.vf != "unbound" or not system.can_come(nic):
        return False
    return nic.arrive(system.claim)


@event()
def carrier_off(nic, _system, _arg):
    """The VF loses its carrier; the host goes on sending to it."""
    if nic.vf != "bound" or not nic.carrier:
        return False
    nic.carrier = False
    return None


@event(weight=8, cost=SOME, drivers=MANY)
def carrier_on(nic, _system, _arg):
    """It has it back; hv_netvsc sends before the core has started the VF's queues."""
    if nic.vf != "bound" or nic.carrier:
        return False
    nic.carrier = True
    return nic.link()


@event()
def vf_down(nic, _system, _arg):
    """An administrator sets the VF down."""
    if not nic.vf_up or nic.out:
        return False
    nic.vf_up = False
    return nic.link()


@event(weight=8, cost=SOME)
def vf_up(nic, _system, _arg):
    """And up."""
    if not nic.owned() or nic.vf_up or not nic.up or nic.out:
        return False
    nic.vf_up = True
    return nic.link()


@event(args=("a", "b"))
def vf_rename(nic, system, _arg):
    """The VF has another name; 6.1 renames nothing that is up."""
    if nic.vf != "bound" or nic.out or (nic.vf_up and system.kernel == "6.1"):
        return False
    return None


@event(cost=SOME, always=SOME)
def vf_moved(nic, system, _arg):
    """Somebody moves the VF to another namespace: it is fetched back."""
    if nic.vf != "bound" or nic.out or nic.xdp or system.family in LOCKED:
        return False
    return nic.arrive(system.claim) if system.address_known(nic) else False


@event(always=ANY)
def syn_down(nic, _system, _arg):
    """The synthetic device is set down."""
    return nic.set_up(False) if nic.up else False


@event(weight=12, always=ANY)
def syn_up(nic, _system, _arg):
    """And up."""
    return nic.set_up(True) if not nic.up else False


@event(always=FEW, args=MTUS, facts=("counts",))
def mtu(nic, _system, arg):
    """Its MTU changes: hv_netvsc closes its channel, and forgets what it counted."""
    if nic.mtu == arg or (nic.xdp and int(arg) > MTU_XDP):
        return False
    nic.mtu = arg
    return None


@event(weight=1, cost=ANY, always=ANY, args=("0", "1"))
def mac(nic, system, arg):
    """Its address changes, for which hv_netvsc wants it down."""
    if nic.mac == int(arg) or nic.out or not system.claim:
        return False
    nic.mac = int(arg)
    nic.given |= nic.owned() and nic.mac != 0
    nic.set_up(False)
    return nic.set_up(True)


@event(args=("lan", "wan"))
def rename(nic, system, _arg):
    """It has another name."""
    return False if nic.out or (nic.up and system.kernel == "6.1") else None


@event(cost=ANY, always=ANY)
def ns_out(nic, system, _arg):
    """It moves to another namespace, its VF too; nobody's VF does not."""
    if nic.out or nic.vlan or nic.xdp:
        return False
    return change_ns(nic, system, True)


@event(weight=12, cost=ANY, always=ANY)
def ns_back(nic, system, _arg):
    """And back."""
    return change_ns(nic, system, False) if nic.out else False


def change_ns(nic, system, out):
    """What was closed for it is opened; its list of addresses is lost."""
    if nic.vf == "bound" and system.family in LOCKED:
        return False
    nic.up, nic.out, nic.group = True, out, False
    if nic.owned():
        nic.arrive(system.claim)
    return None


@event()
def vlan_add(nic, _system, _arg):
    """A VLAN device."""
    if nic.vlan or nic.out or not nic.up:
        return False
    nic.vlan = True
    return None


@event()
def vlan_del(nic, _system, _arg):
    """It goes."""
    if not nic.vlan:
        return False
    nic.vlan = False
    return None


@event(always=FEW)
def xdp_on(nic, _system, _arg):
    """A program that lets pass."""
    if nic.xdp or nic.out or int(nic.mtu) > MTU_XDP:
        return False
    nic.xdp = True
    return None


@event(always=FEW)
def xdp_off(nic, _system, _arg):
    """It goes."""
    if not nic.xdp or nic.out:
        return False
    nic.xdp = False
    return None


def mode(name, on, off):
    """An event that switches a mode."""
    def do(nic, _system, arg):
        if nic.out or getattr(nic, name) == (arg == on):
            return False
        setattr(nic, name, arg == on)
        return None
    do.__name__ = name
    event(args=(on, off))(do)


mode("promisc", "on", "off")
mode("allmulti", "on", "off")
mode("group", "add", "del")


@event(weight=1, cost=ANY, always=ANY)
def rebind(nic, system, _arg):
    """hv_netvsc is unbound from it and bound."""
    return nic.anew(system.claim) if system.replaceable(nic) else False


@event(weight=1, cost=ANY, always=ANY)
def rescind(nic, system, arg):
    """The host takes the synthetic NIC and offers it again."""
    return rebind(nic, system, arg)


@event(weight=2, cost=ANY, always=ANY, whole=True)
def netvsc_reload(system, _arg):
    """hv_netvsc is unloaded and loaded."""
    if not all(system.replaceable(nic) for nic in system.nics):
        return False
    for nic in system.nics:
        nic.anew(system.claim)
    return None


@event(weight=3, cost=SOME, always=SOME, whole=True)
def vf_reload(system, _arg):
    """The VF's driver is unloaded and loaded: all VFs go and come."""
    if not all(nic.vf == "absent" or system.can_come(nic) for nic in system.nics):
        return False
    for nic in system.nics:
        if nic.vf != "absent":
            nic.leave(system.claim)
            nic.arrive(system.claim)
    return None


@event(weight=40, cost=SOME, args=("auto", "self"), whole=True,
       facts=("rows",))
def load(system, arg):
    """The module: the driver's VF stays that, nobody's is taken."""
    if system.claim:
        return False
    system.claim = arg
    for nic in system.nics:
        if nic.owner == "nobody" and nic.out:
            # fetched into the namespace, where it registers
            nic.arrive(arg)
        elif nic.owner == "nobody":
            nic.taken("self")
    return None


@event(weight=6, whole=True, facts=("rows",))
def unload(system, _arg):
    """It goes: its own VF is closed and nobody's."""
    if not system.claim or any(nic.out and nic.owner == "self"
                               for nic in system.nics):
        return False
    system.claim = ""
    for nic in system.nics:
        if nic.owner == "self":
            nic.owner, nic.vf_up = "nobody", False
            nic.link()
    return None
