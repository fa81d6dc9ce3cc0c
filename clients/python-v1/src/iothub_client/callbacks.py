import traceback


def call(callback, *arguments):
    """Calls an application's function; what it throws is printed and goes no further, as in the original."""
    try:
        return callback(*arguments)
    except Exception:  # the line must outlive the application's mistakes
        traceback.print_exc()
        return None


def checked(name, callback):
    if not callable(callback):
        raise TypeError(f"{name} expected type callable")
    return callback
