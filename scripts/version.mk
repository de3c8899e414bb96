# SPDX-License-Identifier: Apache-2.0
VERSION := 0.1.0
BASE_CFLAGS += -DNW_VERSION='"$(VERSION)"'
