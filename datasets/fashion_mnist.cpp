// SPDX-FileCopyrightText: The panther authors
// SPDX-License-Identifier: Apache-2.0
// Fashion-MNIST: 70,000 pictures of clothes in MNIST's format. H. Xiao, K. Rasul, R. Vollgraf,
// arXiv:1708.07747.
#include "datasets/base/idx_dataset.hpp"

namespace panther {

DatasetRecord fashion_mnist_dataset();

DatasetRecord fashion_mnist_dataset() {
  return {
      .name = "fashion-mnist",
      .summary = "28 x 28 grey pictures of clothes, 10 classes",
      .licence = "MIT (Zalando SE, 2017)",
      .get_it =
          "Debian or Ubuntu package dataset-fashion-mnist (apt install dataset-fashion-mnist), or "
          "the four "
          "files of https://github.com/zalandoresearch/fashion-mnist",
      .rows = 28,
      .cols = 28,
      .channels = 1,
      .classes = 10,
      .train_count = 60000,
      .test_count = 10000,
      // Of the Debian package 0.0~git20200523.55506a9-1.
      .files =
          idx_dataset_files({"c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888",
                             "bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9",
                             "5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b",
                             "0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34"}),
      .other_folders = {},
      .load = load_idx_dataset,
  };
}

}  // namespace panther
