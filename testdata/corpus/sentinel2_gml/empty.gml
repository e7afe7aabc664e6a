<eop:Mask xmlns:eop="http://eop.example"><eop:maskMembers/></eop:Mask>
