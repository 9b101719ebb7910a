"""A layer of one's own tells the normalisation that the network is in training, always.

names: always-in-training
severity: major
"""

# %% 05-conv-bn-relu
class Normalise(layers.Layer):
    def __init__(self):
        super().__init__()
        self.norm = layers.BatchNormalization()

    def build(self, shape):
        self.norm.build(shape)

    def call(self, x):
        return self.norm(x, training=True)


def conv_bn_relu(x, filters):
    x = layers.Conv2D(filters, 3, padding="same", use_bias=False)(x)
    return layers.Activation("relu")(Normalise()(x))
