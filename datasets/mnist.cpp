// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
// MNIST: 70,000 handwritten digits. Y. LeCun, L. Bottou, Y. Bengio, P. Haffner, Proc. IEEE 86
// (1998) 2278.
#include "datasets/base/idx_dataset.hpp"

namespace panther {

DatasetRecord mnist_dataset();

DatasetRecord mnist_dataset() {
  return {
      .name = "mnist",
      .summary = "28 x 28 grey handwritten digits, 10 classes",
      .licence = "(c) Y. LeCun and C. Cortes; mirrors state CC BY-SA 3.0",
      .get_it =
          "the four files of http://yann.lecun.com/exdb/mnist/ (train-images-idx3-ubyte.gz, "
          "train-labels-idx1-ubyte.gz, t10k-images-idx3-ubyte.gz, t10k-labels-idx1-ubyte.gz) or of "
          "one of its "
          "mirrors; no Debian package has them",
      .rows = 28,
      .cols = 28,
      .channels = 1,
      .classes = 10,
      .train_count = 60000,
      .test_count = 10000,
      .files =
          idx_dataset_files({"ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
                             "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
                             "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
                             "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2"}),
      .other_folders = {},
      .load = load_idx_dataset,
  };
}

}  // namespace panther
