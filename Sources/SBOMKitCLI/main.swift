print("sbomkit")
