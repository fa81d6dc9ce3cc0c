"""A local Azure IoT Hub for tests."""

from .admin import Refused
from .emulator import Emulator
from .hub import Hub

__all__ = ["Emulator", "Hub", "Refused"]
