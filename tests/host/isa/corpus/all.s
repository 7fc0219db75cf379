.tiles 4
.tile 0
    send 0, 0, 16, 2, 2
    halt
.tile 2
    .data 200, 3, 1, -2, 3
    receive 0, 0, 16, 1, 2
    compute
    send 64, 2, 5, 3, 1
    halt
.core 0
    set data[0], 0, 1
    ld data[64], data[0], 16, 2
    cp m0.f.in, data[64], 32
    train 100|011
    crs 1|0
    alu add, data[300], data[64], m0.f.out, 32
    alui mul, data[300], data[300], -0.25, 32
    alu_int sub, data[1], data[0], data[64]
    set data[0], 64, 1
    st data[0], data[300], 1, 5, 1
    hlt
.core 3
    .weights 0, 1, 2, 3
top:
    alu_int add, data[0], data[0], data[1]
    beq data[0], data[1], top
    jmp end
    nop
end:
    hlt
.tile 3
    receive 7, 2, 5, 1, 1
    halt
