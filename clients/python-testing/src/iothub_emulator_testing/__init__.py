"""A local Azure IoT Hub for tests."""

from .admin import EmulatorError
from .emulator import Emulator
from .hub import Hub

__all__ = ["Emulator", "Hub", "EmulatorError"]
