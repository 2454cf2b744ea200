"""The right to manage customer groups (社群管理权): a month's figures come in, and the allotment is reviewed."""
