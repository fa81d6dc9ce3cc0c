"""Code that iothub_client and iothub_service_client share; not for applications."""
