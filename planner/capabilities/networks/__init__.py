"""Networks: their switches, links and cost."""
