import traceback


def call(callback, *arguments):
    """Calls an application's function and prints its exceptions, as the original does."""
    try:
        return callback(*arguments)
    except Exception:  # an error of the application must not end the connection
        traceback.print_exc()
        return None


def checked(name, callback):
    if not callable(callback):
        raise TypeError(f"{name} expected type callable")
    return callback
