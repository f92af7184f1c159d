"""Accounts for tests of rules and matching: one of every shape, with round numbers."""

from datetime import date
from decimal import Decimal

from models.catalogue import ContractStatus, CustomerType, Housing, Service, Zone
from models.register import Account, MeterRegister

TODAY = date(2026, 11, 20)
READ_ON = date(2026, 10, 25)
OWNER = "owner@mail.example"
STRANGER = "stranger@mail.example"
NUMBER = "0123456"
LIGHT, HOT, SECOND_HOT, COLD = "10000001", "20000002", "20000003", "30000003"

_POWER = {Zone.TOTAL: 1, Zone.DAY: 1, Zone.NIGHT: 2, Zone.PEAK: 1, Zone.HALF_PEAK: 3}


def light(previous: str = "10000", zone: Zone = Zone.TOTAL, number: str = NUMBER) -> MeterRegister:
    """A register for electricity: six digits, one decimal."""
    value = Decimal(previous)
    return MeterRegister(number, LIGHT, Service.ELECTRICITY, zone, _POWER[zone], 6, 1, value, READ_ON)


def hot(previous: str = "100", serial: str = HOT, number: str = NUMBER) -> MeterRegister:
    """A register for hot water: five digits, three decimals."""
    return MeterRegister(number, serial, Service.HOT_WATER, Zone.TOTAL, 1, 5, 3, Decimal(previous), READ_ON)


def cold(previous: str = "300", number: str = NUMBER) -> MeterRegister:
    """A register for cold water, which is not taken."""
    return MeterRegister(number, COLD, Service.COLD_WATER, Zone.TOTAL, 1, 5, 3, Decimal(previous), READ_ON)


def make_account(
    *registers: MeterRegister,
    number: str = NUMBER,
    housing: Housing = Housing.APARTMENT,
    customer_type: CustomerType = CustomerType.INDIVIDUAL,
    ended: frozenset[Service] = frozenset(),
) -> Account:
    """An account with these registers, its contracts running but for those that `ended`."""
    contracts = {
        register.service: ContractStatus.TERMINATED if register.service in ended else ContractStatus.ACTIVE
        for register in registers
    }
    return Account(
        number=number,
        customer_type=customer_type,
        housing=housing,
        emails=frozenset({OWNER}),
        full_name="Сериков Алмас",
        address="ул. Абая, 75-12",
        registers=registers,
        contracts=contracts,
    )
