def checked(name, callback):
    if not callable(callback):
        raise TypeError(f"{name} expected type callable")
    return callback
