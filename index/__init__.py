"""Documents, passages and the engines that find them."""
