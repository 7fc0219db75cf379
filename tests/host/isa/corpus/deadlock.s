.tiles 3
.tile 2
    receive 0, 1, 4, 1, 1
    halt
.core 7
    ld data[0], data[0], 1, 8
    st data[0], data[0], 32767, 16, 20
    hlt
