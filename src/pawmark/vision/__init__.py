"""The course as a plugin of the engine: data, Keras, pictures, calibration."""
